/**
 * A `node:https` server that does nothing: it takes a body, and answers with so many bytes and the
 * fields it was told. What it costs is what Node, TLS and the kernel cost.
 */

import { createServer } from "node:https";
import { tlsOptionsDefault } from "../../test/dms/device-tls.js";

/** What it is told in its one argument, as JSON. */
export interface BareOptions {
	readonly key: string;
	readonly cert: string;
	readonly fields: { readonly [name: string]: string };
	readonly bodyLength: number;
}

const { key, cert, fields, bodyLength }: BareOptions = JSON.parse(process.argv[2] ?? "{}");
const body = Buffer.alloc(bodyLength, "x");
const server = createServer({ key, cert, ...tlsOptionsDefault }, (request, response) => {
	request.on("data", () => undefined);
	request.once("end", () => {
		response.writeHead(200, fields);
		response.end(body);
	});
});
server.on("secureConnection", (socket) => socket.setMaxSendFragment(2_048));
server.listen(0, "127.0.0.1", () => {
	const address = server.address();
	const port = typeof address === "object" ? address?.port : undefined;
	console.log(JSON.stringify({ listening: { port } }));
});
