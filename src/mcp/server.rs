//! The server as the protocol sees it: which tools there are, and what a call is answered with.

use std::sync::Arc;

use rmcp::handler::server::ServerHandler;
use rmcp::model::{
    CallToolRequestParams, CallToolResponse, CallToolResult, ContentBlock, ErrorData,
    Implementation, ListToolsResult, PaginatedRequestParams, ServerCapabilities, ServerConfig,
    Tool as Offered, ToolAnnotations,
};
use rmcp::service::{RequestContext, RoleServer};
use tokio::task::spawn_blocking;

use super::call::{Answered, Site};
use super::schema::{self, Described};
use super::tools::{Kind, Tool};

/// What a client is told of all tools at once.
const INSTRUCTIONS: &str = "Controlled documents. Say who you are with `user` in every call. \
    Begin with `qms_inbox`: what you are asked (the only task whole, as `open`) and what is yours to move on. \
    Every answer about a document ends with `next`: what you may do with it now, \
    each as a tool with its arguments, and what stands in the way of the rest. \
    A refusal changes nothing and says what would permit it.";

/// The server of one project.
#[derive(Clone, Debug)]
pub struct Server {
    site: Arc<Site>,
}

impl Server {
    /// Returns the server of a project.
    #[must_use]
    pub fn new(site: Site) -> Self {
        Self {
            site: Arc::new(site),
        }
    }

    /// Does what waits for the disk where it holds up nobody else.
    async fn apart<T: Send + 'static>(
        &self,
        work: impl FnOnce(&Site) -> T + Send + 'static,
    ) -> Result<T, ErrorData> {
        let site = Arc::clone(&self.site);
        let done = spawn_blocking(move || work(&site)).await;
        done.map_err(|error| {
            ErrorData::internal_error(format!("the call broke off: {error}"), None)
        })
    }
}

impl ServerHandler for Server {
    fn get_info(&self) -> ServerConfig {
        let capabilities = ServerCapabilities::builder().enable_tools().build();
        ServerConfig::new(capabilities)
            .with_server_info(Implementation::new(
                env!("CARGO_PKG_NAME"),
                env!("CARGO_PKG_VERSION"),
            ))
            .with_instructions(INSTRUCTIONS)
    }

    async fn list_tools(
        &self,
        _: Option<PaginatedRequestParams>,
        _: RequestContext<RoleServer>,
    ) -> Result<ListToolsResult, ErrorData> {
        let tools = self.apart(Site::tools).await?;
        let offered = tools.into_iter().map(|(tool, told)| offer(&tool, told));
        Ok(ListToolsResult::with_all_items(offered.collect()))
    }

    async fn call_tool(
        &self,
        request: CallToolRequestParams,
        _: RequestContext<RoleServer>,
    ) -> Result<CallToolResponse, ErrorData> {
        let name = request.name.clone();
        let given = request.arguments.unwrap_or_default();
        let answered = self.apart(move |site| site.answer(&name, given)).await?;
        let Some(answered) = answered else {
            let shown: String = request.name.escape_debug().take(64).collect();
            let message = format!("there is no tool `{shown}`");
            return Err(ErrorData::invalid_params(message, None));
        };
        Ok(result(answered).into())
    }
}

fn result(answered: Answered) -> CallToolResult {
    let mut result = CallToolResult::success(vec![ContentBlock::text(answered.text)]);
    result.structured_content = Some(answered.structured);
    result.is_error = Some(answered.is_error);
    result
}

fn offer(tool: &Tool, told: Described) -> Offered {
    let looks = tool.kind() == Kind::Looks;
    let annotations = ToolAnnotations::with_title(told.title.clone())
        .read_only(looks)
        .destructive(tool.erases)
        .idempotent(looks)
        .open_world(false);
    let mut offered = Offered::new(tool.name(), told.description, Arc::new(told.input));
    offered.title = Some(told.title);
    offered.output_schema = Some(Arc::new(schema::output().clone()));
    offered.annotations = Some(annotations);
    offered
}
