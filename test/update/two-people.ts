/**
 * A product whose bundles two of three people sign, from the day it gets that rule to the day it
 * loses it; and a thief with the service, the platform's key and one of the three laptops.
 */

import assert from "node:assert/strict";
import { fileURLToPath } from "node:url";
import { buildImage } from "../../hosts/board/build-image.js";
import { encodeMap } from "../../src/protocol/message-pack.js";
import { keyStatementContext, statementContext } from "../../src/protocol/update.js";
import { BoardIsOff } from "../journey/terminal.js";
import type { Bundle } from "./bundle-service.js";
import type { Field, Run } from "./field.js";
import { bundleOf, newImage, newVersion } from "./fleet.js";
import {
	type Keys,
	type KeySet,
	keySetOf,
	keysOf,
	keyStatement,
	platformKeys,
	productKeys,
	statement,
	withSignatures,
} from "./publisher.js";

const [alice, bob, carol, dora] = ["alice", "bob", "carol", "dora"].map(keysOf) as [
	Keys,
	Keys,
	Keys,
	Keys,
];
const thief = keysOf("thief");
/** Alice's laptop is the one that is stolen. */
const first = keySetOf(2, alice, bob, carol);
const second = keySetOf(2, alice, bob, dora);
const nextProduct = keysOf("next product key");

const evilVersion = "0.9.0.0";
const lamp = fileURLToPath(new URL("../../example/lamp/lamp.js", import.meta.url));
const { publicKey: platformKey } = platformKeys;
const evilImage = buildImage({ app: lamp, version: evilVersion, platformKey });

/** What the service offers. */
interface Offer {
	readonly name: string;
	readonly key: Uint8Array | undefined;
	readonly bundle: Bundle;
}

function keyBy(key: Uint8Array, generation: number, set?: KeySet, ...signers: Keys[]) {
	const stated = keyStatement({ generation, key });
	return set === undefined ? stated : withSignatures(stated, keyStatementContext, set, ...signers);
}

function imageBy(image: Uint8Array, fields: object, set: KeySet, ...signers: Keys[]): Bundle {
	const unsigned = statement(image, { ...fields }, thief);
	const signed = withSignatures(unsigned, statementContext, set, ...signers);
	return bundleOf(image, { ...fields }, signed);
}

const evil = { version: evilVersion, sequence: 9 };
const evilBy = (signer: Keys): Bundle =>
	bundleOf(evilImage, evil, statement(evilImage, evil, signer));
const good = { version: newVersion, sequence: 1 };
/** A new generation's numbers begin anew: signed so, what runs is what is offered. */
const again = { ...good, sequence: 0 };
/** A set that has the thief's keys in the place of others, or one of them twice. */
const foreign = keySetOf(2, alice, thief);
const doubled: KeySet = keySetOf(2, alice, alice);

/** Stages of the product's life: what is offered, and which set it leaves pinned. */
interface Stage extends Offer {
	readonly set: KeySet | undefined;
	readonly generation: number;
}

export const stages: readonly Stage[] = [
	{
		name: "two of three from now on",
		key: keyBy(first.key, 2),
		bundle: imageBy(newImage, good, first, alice, bob),
		...{ set: first, generation: 2 },
	},
	{
		name: "carol is followed by dora",
		key: keyBy(second.key, 3, first, bob, carol),
		bundle: imageBy(newImage, again, second, bob, dora),
		...{ set: second, generation: 3 },
	},
	{
		name: "one key again",
		key: keyBy(nextProduct.publicKey, 4, second, alice, dora),
		bundle: bundleOf(newImage, again, statement(newImage, again, nextProduct)),
		...{ set: undefined, generation: 4 },
	},
];

/** All that one signature and the platform's key can make while this set is pinned. */
export function attacksOn(set: KeySet, generation: number): readonly Offer[] {
	const next = generation + 1;
	const bundle = evilBy(thief);
	const ofBundles: readonly (readonly [string, Bundle])[] = [
		["by the former key", evilBy(productKeys)],
		["by one alone", evilBy(alice)],
		["by nobody of the set", imageBy(evilImage, evil, set)],
		["by one of the set", imageBy(evilImage, evil, set, alice)],
		["by one twice", imageBy(evilImage, evil, set, alice, alice)],
		["by one of the set and a stranger", imageBy(evilImage, evil, foreign, alice, thief)],
		["by one who is in a set twice", imageBy(evilImage, evil, doubled, alice, alice)],
		["by one in the name of all", inTheNameOfAll(set)],
	];
	const ofKeys: readonly (readonly [string, Uint8Array, Bundle])[] = [
		["one key by the platform", keyBy(thief.publicKey, next), bundle],
		["one key by the platform and one", keyBy(thief.publicKey, next, set, alice), bundle],
		["one key by one twice", keyBy(thief.publicKey, next, set, alice, alice), bundle],
		["one key by a foreign set", keyBy(thief.publicKey, next, foreign, alice, thief), bundle],
		["one key in this generation", keyBy(thief.publicKey, generation), bundle],
		["the former key anew", keyBy(productKeys.publicKey, next), evilBy(productKeys)],
		["the former key again", keyStatement(), evilBy(productKeys)],
		[
			"a set of his own",
			keyBy(foreign.key, next, set, alice),
			imageBy(evilImage, evil, foreign, alice, thief),
		],
		[
			"the set, and one of it suffices",
			keyBy(Buffer.concat([Buffer.of(1), set.key.subarray(1)]), next, set, alice),
			imageBy(evilImage, evil, set, alice),
		],
	];
	return [
		...ofBundles.map(([name, made]) => ({
			name: "a bundle " + name,
			key: undefined,
			bundle: made,
		})),
		...ofKeys.map(([name, key, made]) => ({ name, key, bundle: made })),
	];
}

/** Alice's signature at each place of the set. */
function inTheNameOfAll({ members }: KeySet): Bundle {
	const claimed = members.map(({ publicKey }) => ({ ...alice, publicKey }));
	const unsigned = statement(evilImage, evil, thief);
	const set = { members: claimed };
	return bundleOf(evilImage, evil, withSignatures(unsigned, statementContext, set, ...claimed));
}

function activation(key: Uint8Array | undefined): Response {
	const about = { product: "ACME-LAMP", title: "Lamp", message: "Activated." };
	const headers = { "content-type": "application/vnd.msgpack" };
	return new Response(Uint8Array.from(encodeMap({ ...about, key })), { headers });
}

/** A device in its field, to which a service says whatever it likes. */
export class Play {
	readonly #run: Run;

	constructor(run: Run) {
		this.#run = run;
		const { bundles } = run;
		bundles.interfere = ({ url }) =>
			new URL(url).pathname === "/activate" ? activation(bundles.key) : undefined;
		bundles.onImage = () => {
			assert.notEqual(bundles.bundle?.version, evilVersion, "its image isn't even asked for");
		};
	}

	/** Takes the stage's key and image, however often power fails. */
	async take({ name, key, bundle }: Offer): Promise<void> {
		const answer = await this.#ask({ name, key, bundle }, "dfu_update");
		assert.doesNotMatch(
			answer,
			/Command failed/,
			name + ": " + (await this.#type("get dfu.status")),
		);
		assert.match(await this.#type("version"), new RegExp(newVersion), name);
	}

	/** Refuses it, by an update as by an activation. */
	async refuse(offer: Offer): Promise<void> {
		const { bundles } = this.#run;
		const before = await this.#type("version");
		assert.match(await this.#ask(offer, "dfu_update"), /Command failed/, offer.name);
		bundles.key = offer.key;
		assert.match(await this.#type("dms_activate ACME-LAMP"), /Success/);
		assert.match(await this.#ask({ ...offer, key: undefined }, "dfu_update"), /Command failed/);
		assert.equal(await this.#type("version"), before, offer.name);
	}

	#ask({ key, bundle }: Offer, line: string): Promise<string> {
		const { bundles } = this.#run;
		bundles.offeredKey = key;
		bundles.bundle = bundle;
		return this.#type(line);
	}

	/** Types until it is answered: power fails at most as often as there are cuts. */
	async #type(line: string): Promise<string> {
		const { board, terminal, clock } = this.#run;
		for (let tries = 0; tries < 9; tries++) {
			try {
				if (!board.isOn) await terminal.powerOn();
				if (line !== "dfu_update") return await terminal.type(line);
				const answer = await hear(this.#run);
				if (!answer.includes(waitForTrial)) return answer;
				await trialEnd(this.#run, answer);
			} catch (error) {
				if (!(error instanceof BoardIsOff)) throw error;
				await clock.runUntil(() => true);
			}
		}
		return assert.fail("no answer to " + line + "\n" + terminal.transcript);
	}
}

/** What a device says that power has failed during a trial. */
const waitForTrial = "This firmware is on trial itself. Wait";

/** Does as the device has said in `answer`: waits for the end of the trial. */
async function trialEnd({ board, clock, terminal }: Run, answer: string): Promise<void> {
	const end = /\[Updated to |\[Update to .* failed/;
	if (end.test(answer)) return;
	const { length } = terminal.transcript;
	await clock.runUntil(() => !board.isOn || end.test(terminal.transcript.slice(length)));
	if (!board.isOn) throw new BoardIsOff();
}

/** Types `dfu_update`, and waits for the end of what comes of it. */
async function hear({ board, clock, terminal }: Run): Promise<string> {
	const { length } = terminal.transcript;
	terminal.send("dfu_update");
	const ends = ["[Updated to ", "Up to date", "Command failed"];
	const said = (): string => terminal.transcript.slice(length);
	await clock.runUntil(() => !board.isOn || ends.some((end) => said().includes(end)));
	// Its last report is on its way: two requests at a time take more memory than a device has.
	const later = clock.now() + 5000;
	await clock.runUntil(() => !board.isOn || clock.now() >= later);
	if (!board.isOn) throw new BoardIsOff();
	return said();
}

/** The whole of it, with a part of the attacks at each stage; resolves with the board's power. */
export async function playLife(
	field: Field,
	options: Omit<Parameters<Field["run"]>[0], "otherSlot">,
	attacksEach: number,
	seed = 0,
): Promise<Run["board"]["power"]> {
	const blocks = Math.ceil(newImage.length / 4096) - 1;
	const otherSlot = newImage.slice(0, blocks * 4096);
	return field.run({ ...options, otherSlot }, async (run) => {
		const play = new Play(run);
		let drawn = seed;
		for (const stage of stages) {
			await play.take(stage);
			if (stage.set === undefined) continue;
			const attacks = attacksOn(stage.set, stage.generation);
			for (let count = 0; count < Math.min(attacksEach, attacks.length); count++) {
				const attack = attacks[drawn++ % attacks.length];
				if (attack !== undefined) await play.refuse(attack);
			}
		}
		return run.board.power;
	});
}
