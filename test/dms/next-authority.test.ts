/** The next CA in processes of its own: with workers, and after a backup was restored. */

import assert from "node:assert/strict";
import { createHash, X509Certificate } from "node:crypto";
import { join } from "node:path";
import { test } from "node:test";
import { listen } from "../../hosts/dms/listener/listener.js";
import { openService } from "../../hosts/dms/service.js";
import { authorityProtocol } from "../../src/protocol/messages.js";
import { provisionReplyOf, type Reply, sendTo } from "./bench.js";
import { createClock } from "./clock.js";
import { sendThroughTls } from "./connection.js";
import { isOnPostgres, newDatabase } from "./engine.js";
import { createDevice, createKeyPair, type Draft } from "./protocol-device.js";
import { createTool, type Serving } from "./tool.js";

const somewhere = ["--address", "dms.example.com:8443", "--listen", "127.0.0.1:0"];
const clock = createClock(Date.now());

/** A CA as a device has it. */
interface Trusted {
	readonly pem: string;
	readonly fingerprint: Uint8Array;
	/** What the device asks for in TLS. */
	readonly protocols: string[] | undefined;
}

function trustedOf(pem: string, isNamed: boolean): Trusted {
	const der = new X509Certificate(pem).raw;
	const fingerprint = Uint8Array.from(createHash("sha256").update(der).digest());
	return { pem, fingerprint, protocols: isNamed ? [authorityProtocol(fingerprint)] : undefined };
}

function senderTo({ line }: Pick<Serving, "line">) {
	const port = Number(/"port":(\d+)/.exec(line)?.[1]);
	const listener = { host: "127.0.0.1", port, close: async () => {} };
	return (draft: Draft, { pem, protocols }: Trusted): Promise<Reply> =>
		sendThroughTls(listener, draft, pem, "dms.example.com", protocols);
}

/** How many processes have answered. */
function workersIn({ error }: Serving): number {
	return new Set([...error.matchAll(/"worker":(\d+)/g)].map(([, worker]) => worker)).size;
}

test("workers serve both CAs, and so does a service that was restored", async (context) => {
	const tool = createTool(context);
	const old = trustedOf(await tool.authority(), false);
	const device = createDevice(clock);
	const addresses = ["dms.example.com:8443"];
	const before = await openService({ ...(await tool.place()), addresses });
	const { token } = await before.tokens.addProvisioning();
	const { uuid } = provisionReplyOf(await sendTo(before, device.provision(token)));
	assert.equal((await sendTo(before, device.acknowledge())).status, 204);
	await before.close();
	await tool.json("cert", "next-authority");

	const serving = await tool.serve("--json", "--workers", "2", ...somewhere);
	const { authorities } = await tool.json("cert", "show");
	assert.ok(Array.isArray(authorities) && authorities.length === 2);
	const next = trustedOf(String(authorities[1].pem), true);
	const send = senderTo(serving);
	const nextKey = createKeyPair();
	const renewal = await send(device.renew(nextKey, old.fingerprint), old);
	assert.ok(renewal.map?.["authority"] instanceof Uint8Array, "the statement of the next CA");
	const renewed = createDevice(clock, nextKey);
	const young = createDevice(clock);
	const { token: another } = await tool.json("token", "provision");
	const made = provisionReplyOf(await send(young.provision(String(another)), next));
	// Who is free takes a connection: until both have, each CA is asked for.
	for (let count = 0; count < 100 && (count < 4 || workersIn(serving) < 2); count++) {
		const answers = [send(renewed.acknowledge(), next), send(young.acknowledge(), next)];
		for (const { status } of await Promise.all(answers)) assert.equal(status, 204);
		assert.equal((await send(renewed.acknowledge(), old)).status, 204, "by the first CA's chain");
	}
	assert.equal(workersIn(serving), 2);
	const backup = join(tool.folder, "backup");
	await tool.json("backup", backup);
	assert.equal((await serving.stop()).code, 0);

	const second = createTool(context, isOnPostgres ? await newDatabase("empty") : undefined);
	const restored = await second.run("restore", backup);
	assert.equal(restored.code, 0, restored.error);
	const again = await openService(await second.place());
	context.after(() => again.close());
	const listener = await listen(again, { host: "127.0.0.1", port: 0 });
	context.after(() => listener.close());
	const line = `"port":${listener.port}`;
	assert.equal((await senderTo({ line })(renewed.acknowledge(), next)).status, 204);
	assert.equal((await senderTo({ line })(young.acknowledge(), old)).status, 204);
	const uuids = (await again.devices.list()).map((one) => one.uuid).sort();
	assert.deepEqual(uuids, [uuid, made.uuid].sort(), "no device twice");
});
