"""A client of the Python SDK: finds the tools, works, is refused, and acts as whom its header names.

client.py TRANSPORT WHERE: the command and the project for stdio, the address for sse and streamable-http.
"""

import asyncio
import contextlib
import sys

import httpx2
from mcp import ClientSession, StdioServerParameters
from mcp.client.sse import sse_client
from mcp.client.stdio import stdio_client
from mcp.client.streamable_http import streamable_http_client

CLAUDE = {"X-QMS-Identity": "claude", "X-QMS-Instance": "python"}


@contextlib.asynccontextmanager
async def connected(transport, where):
    async with contextlib.AsyncExitStack() as open_until_the_end:
        enter = open_until_the_end.enter_async_context
        if transport == "stdio":
            server = StdioServerParameters(
                command=where[0], args=["mcp", "--project-root", where[1]]
            )
            streams = await enter(stdio_client(server))
        elif transport == "sse":
            streams = await enter(sse_client(where[0], headers=CLAUDE))
        else:
            client = await enter(httpx2.AsyncClient(headers=CLAUDE))
            streams = await enter(streamable_http_client(where[0], http_client=client))
        session = await enter(ClientSession(streams[0], streams[1]))
        await session.initialize()
        yield session


async def main(transport, *where):
    async with connected(transport, where) as session:
        listed = await session.list_tools()
        names = [tool.name for tool in listed.tools]
        assert "qms_create" in names and len(names) >= 24, names

        async def call(tool, **arguments):
            result = await session.call_tool(tool, arguments)
            told = result.model_dump(by_alias=True)
            assert told["content"][0]["type"] == "text"
            return told["isError"], told["structuredContent"]

        failed, made = await call("qms_create", doc_type="CR", title="Pump", user="claude")
        assert not failed and made["data"]["doc_id"] == "CR-001", made
        assert made["next"]["allowed"], made
        failed, refused = await call("qms_close", doc_id="CR-001", user="claude")
        assert failed and refused["error"]["code"] == "invalid_transition", refused
        failed, refused = await call("qms_status", doc_id="CR-001")
        assert failed and refused["error"]["code"] == "identity_missing", refused
        failed, other = await call("qms_inbox", user="qa")
        if transport == "stdio":
            assert not failed, other
        else:
            assert other["error"]["code"] == "identity_mismatch", other
    print("ok")


asyncio.run(main(*sys.argv[1:]))
