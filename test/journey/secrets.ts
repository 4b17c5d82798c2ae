/** What nobody but the device may see, and the places where somebody could. */

import assert from "node:assert/strict";
import { sha256 } from "../../hosts/dms/digest.js";
import { parseToken } from "../../src/protocol/token.js";
import { identityIn, type Tokens } from "./journey.js";
import { network, type World } from "./world.js";

/** The forms in which bytes could be found in a text. */
function formsOf(secret: Uint8Array): string[] {
	const bytes = Buffer.from(secret);
	const texts = [bytes.toString("base64"), bytes.toString("base64url")];
	return [bytes.toString("latin1"), bytes.toString("hex"), ...texts];
}

/** Fails if a secret is on the wire (even inside TLS), in a log, a URL, the audit or on screen. */
export async function checkSecrets(world: World, given: readonly Tokens[]): Promise<void> {
	const { net, board, log, terminal } = world;
	const { key = new Uint8Array(0) } = identityIn(board);
	const seeds = given.map(
		(tokens) => parseToken(tokens.provisioning, { sha256 })?.secret ?? new Uint8Array(0),
	);
	assert.deepEqual([key.length, ...new Set(seeds.map(({ length }) => length))], [32, 16]);
	const places = {
		wire: Buffer.concat(net.heard).toString("latin1"),
		urls: board.radio.requests.join(),
		log: JSON.stringify(log, (_key, value: unknown) =>
			value instanceof Error ? value.stack : value,
		),
		audit: JSON.stringify(await world.service().audit(1000)),
		screen: terminal.transcript,
	};
	const secrets = [
		...[key, ...seeds].flatMap(formsOf),
		...given.map(({ provisioning }) => provisioning),
		network.passkey,
	];
	const claims = given.map(({ claim }) => claim);
	for (const [place, text] of Object.entries(places)) {
		assert.ok(text.length > 50, "there is something to search in " + place);
		// Inside TLS, the service that has made a claim token hears it again.
		const hidden = place === "wire" ? secrets : [...secrets, ...claims];
		assert.ok(!hidden.some((secret) => text.includes(secret)), place + " holds a secret");
	}
}
