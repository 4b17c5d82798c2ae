/**
 * Endpoints of the service as targets: the input is a body, rightly signed. Whatever it is, the
 * answer is one of the protocol's, and a refusal changes nothing.
 */

import { formatLogEntry } from "../../hosts/dms/log.js";
import { decodeMap } from "../../src/protocol/message-pack.js";
import { requestLengthMaximum } from "../../src/protocol/messages.js";
import { deviceLabel } from "../../src/protocol/signature.js";
import { type Archive, openArchive } from "../dms/archive.js";
import { sendTo } from "../dms/bench.js";
import { type Clock, createClock } from "../dms/clock.js";
import { createDevice, type Draft, draftOf, type ProtocolDevice } from "../dms/protocol-device.js";
import { readCorpus } from "./corpus.js";
import type { Target } from "./fuzzer.js";

interface Scene {
	readonly archive: Archive;
	readonly clock: Clock;
	/** On a product, and alice's. */
	readonly device: ProtocolDevice;
	/** What was made for this run, by what stands for it in an input: so that any run can replay. */
	readonly substitutes: readonly (readonly [Uint8Array, Uint8Array])[];
	/** Not used by any device. */
	readonly provisioningToken: string;
	readonly newDevice: ProtocolDevice;
}

type DraftBody = (scene: Scene, body: Uint8Array) => Draft;

const update =
	(method: string): DraftBody =>
	({ device, clock }, body) =>
		draftOf({ method, path: "/update", body }, [{ label: deviceLabel, key: device.key }], clock);

const drafts: { readonly [name: string]: DraftBody } = Object.freeze({
	"endpoint-provision": ({ newDevice, provisioningToken }, body) =>
		newDevice.provision(provisioningToken, { body }),
	"endpoint-acknowledge": ({ device }, body) => device.acknowledge({ body }),
	"endpoint-adopt": ({ newDevice }, body) => newDevice.acknowledge({ body }),
	"endpoint-claim": ({ device }, body) => device.claim("", { body }),
	"endpoint-activate": ({ device }, body) => device.activate("", { body }),
	"endpoint-update": update("POST"),
	"endpoint-report": update("PUT"),
});

export const endpointTargetNames: readonly string[] = Object.keys(drafts);

export async function openEndpointTarget(name: string): Promise<Target> {
	const draft = drafts[name];
	if (draft === undefined) throw new Error("there is no endpoint " + name);
	const faults: string[] = [];
	const clock = createClock();
	const archive = await openArchive(clock, (entry) => {
		if (entry.kind === "fault") faults.push(formatLogEntry(entry, clock.now()));
	});
	const scene = await setScene(archive, clock);
	let state = archive.state(["answers"]);
	return {
		name,
		corpus: readCorpus(name),
		lengthMaximum: requestLengthMaximum,
		async execute(input) {
			clock.advance(10); // Or so many answers would be kept that the service wants no more.
			const body = substitute(input, scene.substitutes);
			const { status, map } = await sendTo(archive.service, draft(scene, body));
			if (faults.length > 0) throw new Error(faults.splice(0).join("\n"));
			const isRefused = status >= 400;
			if (isRefused && map?.["rule"] === undefined) throw new Error(status + " without a rule");
			const after = archive.state(["answers"]);
			if (isRefused && after !== state) throw new Error("a refusal has changed what is kept");
			state = after;
			return [status, map?.["rule"], shapeOf(body)].join(" ");
		},
		close: () => archive.close(),
	};
}

async function setScene(archive: Archive, clock: Clock): Promise<Scene> {
	const { service } = archive;
	const device = createDevice(clock);
	const newDevice = createDevice(clock);
	await sendTo(service, device.provision((await service.tokens.addProvisioning()).token));
	await sendTo(service, device.acknowledge());
	const claim = await service.tokens.addActivation({
		user: "alice",
		product: "ACME-LAMP",
		uses: 9,
	});
	await sendTo(service, device.claim(claim.token));
	const { token: provisioningToken } = await service.tokens.addProvisioning();
	// A device sends the letters, not the product before them.
	const letters = claim.token.slice(claim.token.lastIndexOf("/") + 1);
	const substitutes = [
		[Uint8Array.of(4, ...new Uint8Array(64).fill(0x11)), newDevice.key.publicKey],
		[Buffer.from("0000-0000-0000-0000-0000"), Buffer.from(letters)],
	] as const;
	return { archive, clock, device, newDevice, provisioningToken, substitutes };
}

function substitute(input: Uint8Array, pairs: Scene["substitutes"]): Uint8Array {
	const bytes = Buffer.from(input);
	for (const [from, to] of pairs) {
		const offset = bytes.indexOf(from);
		if (offset >= 0) bytes.set(to, offset);
	}
	return Uint8Array.from(bytes);
}

/** What is in a body, so that bodies of another make join the corpus. */
function shapeOf(body: Uint8Array): string {
	const map = decodeMap(body);
	if (map === undefined) return "no map";
	const entries = Object.entries(map).slice(0, 6);
	return entries.map(([name, value]) => name.length + typeof value).join();
}
