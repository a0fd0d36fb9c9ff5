"""A client of the Python SDK: finds the tools, works, is refused, and acts as whom its header names.

client.py TRANSPORT WHERE: the command and the project for stdio, the address for sse and streamable-http.

It comes twice: shaking hands, as clients do to this day, and then asking what the server is, as newer ones do.
"""

import asyncio
import contextlib
import sys

import httpx2
from mcp import Client, StdioServerParameters
from mcp.client.sse import sse_client
from mcp.client.streamable_http import streamable_http_client

CLAUDE = {"X-QMS-Identity": "claude", "X-QMS-Instance": "python"}


@contextlib.asynccontextmanager
async def connected(mode, transport, where):
    async with contextlib.AsyncExitStack() as open_until_the_end:
        enter = open_until_the_end.enter_async_context
        if transport == "stdio":
            server = StdioServerParameters(
                command=where[0], args=["mcp", "--project-root", where[1]]
            )
        elif transport == "sse":
            server = sse_client(where[0], headers=CLAUDE)
        else:
            client = await enter(httpx2.AsyncClient(headers=CLAUDE))
            server = streamable_http_client(where[0], http_client=client)
        yield await enter(Client(server, mode=mode))


async def work(mode, version, doc_id, transport, where):
    async with connected(mode, transport, where) as client:
        assert client.protocol_version == version, client.protocol_version
        listed = await client.list_tools()
        names = [tool.name for tool in listed.tools]
        assert "qms_create" in names and len(names) >= 24, names

        async def call(tool, **arguments):
            result = await client.call_tool(tool, arguments)
            told = result.model_dump(by_alias=True)
            assert told["content"][0]["type"] == "text"
            return told["isError"], told["structuredContent"]

        failed, made = await call("qms_create", doc_type="CR", title="Pump", user="claude")
        assert not failed and made["data"]["doc_id"] == doc_id, made
        assert made["next"]["allowed"], made
        failed, refused = await call("qms_close", doc_id=doc_id, user="claude")
        assert failed and refused["error"]["code"] == "invalid_transition", refused
        failed, refused = await call("qms_status", doc_id=doc_id)
        assert failed and refused["error"]["code"] == "identity_missing", refused
        failed, other = await call("qms_inbox", user="qa")
        if transport == "stdio":
            assert not failed, other
        else:
            assert other["error"]["code"] == "identity_mismatch", other


async def main(transport, *where):
    await work("legacy", "2025-11-25", "CR-001", transport, where)
    await work("auto", "2026-07-28", "CR-002", transport, where)
    print("ok")


asyncio.run(main(*sys.argv[1:]))
