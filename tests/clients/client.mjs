// A client of the TypeScript SDK: finds the tools, works, is refused, and acts as whom its header names.
//
// client.mjs TRANSPORT WHERE: the command and the project for stdio, the address for sse and streamable-http.

import assert from 'node:assert/strict';
import { createRequire } from 'node:module';
import { pathToFileURL } from 'node:url';

const installed = createRequire(`${process.env.QMS_CLIENTS}/node_modules/`);
const from = async (name) => import(pathToFileURL(installed.resolve(`@modelcontextprotocol/sdk/${name}`)));
const { Client } = await from('client/index.js');
const { StdioClientTransport } = await from('client/stdio.js');
const { SSEClientTransport } = await from('client/sse.js');
const { StreamableHTTPClientTransport } = await from('client/streamableHttp.js');

const [transport, ...where] = process.argv.slice(2);
const requestInit = { headers: { 'X-QMS-Identity': 'claude', 'X-QMS-Instance': 'typescript' } };
const ways = {
  stdio: () => new StdioClientTransport({ command: where[0], args: ['mcp', '--project-root', where[1]] }),
  sse: () => new SSEClientTransport(new URL(where[0]), { requestInit }),
  'streamable-http': () => new StreamableHTTPClientTransport(new URL(where[0]), { requestInit }),
};
const client = new Client({ name: 'test', version: '0' });
await client.connect(ways[transport]());

const { tools } = await client.listTools();
const names = tools.map((tool) => tool.name);
assert(names.includes('qms_create') && names.length >= 24, names.join());

// The SDK holds every structured answer against the tool's output schema itself.
const call = async (name, args) => {
  const result = await client.callTool({ name, arguments: args });
  assert.equal(result.content[0].type, 'text');
  return [result.isError ?? false, result.structuredContent];
};

const [wrong, made] = await call('qms_create', { doc_type: 'CR', title: 'Pump', user: 'claude' });
assert(!wrong && made.data.doc_id === 'CR-001' && made.next.allowed.length > 0, JSON.stringify(made));
const [, closed] = await call('qms_close', { doc_id: 'CR-001', user: 'claude' });
assert.equal(closed.error.code, 'invalid_transition');
const [, nobody] = await call('qms_status', { doc_id: 'CR-001' });
assert.equal(nobody.error.code, 'identity_missing');
const [isRefused, other] = await call('qms_inbox', { user: 'qa' });
assert.equal(isRefused, transport !== 'stdio');
assert.equal(other.error?.code, transport === 'stdio' ? undefined : 'identity_mismatch');
await client.close();
console.log('ok');
