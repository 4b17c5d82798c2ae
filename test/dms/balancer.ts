/** A TCP balancer, as it stands before several processes: each connection to the next of them. */

import { once } from "node:events";
import { type AddressInfo, connect, createServer, type Socket } from "node:net";

export interface Balancer {
	readonly port: number;
	close(): Promise<void>;
}

/** Balances between ports of this machine; one that nobody listens at is passed over. */
export async function openBalancer(ports: readonly number[]): Promise<Balancer> {
	const sockets = new Set<Socket>();
	let turn = 0;
	const keep = (socket: Socket): void => {
		sockets.add(socket);
		socket.once("close", () => sockets.delete(socket));
	};
	const pass = (client: Socket, left: number): void => {
		const target = connect({ port: ports[turn++ % ports.length] ?? 0, host: "127.0.0.1" });
		keep(target);
		let isConnected = false;
		target.once("connect", () => {
			isConnected = true;
			client.pipe(target).pipe(client);
		});
		target.on("error", () => {
			if (!isConnected && left > 1) pass(client, left - 1);
			else client.destroy();
		});
		client.once("close", () => target.destroy());
	};
	const server = createServer((client) => {
		keep(client);
		client.on("error", () => client.destroy());
		pass(client, ports.length);
	});
	server.listen(0, "127.0.0.1");
	await once(server, "listening");
	const { port } = server.address() as AddressInfo;
	return {
		port,
		async close() {
			const closed = once(server, "close");
			server.close();
			for (const socket of sockets) socket.destroy();
			await closed;
		},
	};
}
