/** Takes away what nobody needs any more, in small steps between which requests are answered. */

import { resolve } from "node:path";
import { actor, change } from "../administration/change.js";
import { type Core, timeOf } from "../core.js";
import { OperatorError } from "../operator-error.js";
import { appendAudit } from "../storage/audit.js";
import type { Database } from "../storage/schema.js";
import { readSetting, writeSetting } from "../storage/settings.js";
import { answers } from "./answers.js";
import { audit } from "./audit.js";
import { certificates } from "./certificates.js";
import { images } from "./images.js";
import { reports } from "./reports.js";
import { type PrunedKind, prunedKinds, type PruneRule } from "./rule.js";
import { tokens } from "./tokens.js";

const rules: { readonly [kind in PrunedKind]: PruneRule } = Object.freeze({
	...{ answers, audit, certificates, images, reports, tokens },
});

/** Of the processes that serve one database, one prunes, once a day. */
const roundSeconds = 86_400;

export interface Kept {
	readonly kind: PrunedKind;
	/** For how many seconds after nobody needs it any more; `null`: for ever. */
	readonly keepSeconds: number | null;
	/** How many are beyond that, or were taken away. */
	readonly outdated: number;
}

export interface Pruning {
	/** What there is to take away now; nothing is. */
	preview(): Promise<Kept[]>;
	/**
	 * Takes it away. Between two steps of some milliseconds it waits for `rest`, which is told how
	 * long the last one took and may end all by `false`.
	 */
	run(rest?: (milliseconds: number) => Promise<boolean>): Promise<Kept[]>;
	/** Whether it is time for a round, and no other process has begun one: then this one has. */
	begin(): Promise<boolean>;
	/** For how long to keep something from now on; `undefined`: for ever. */
	keep(kind: PrunedKind, seconds: number | undefined): Promise<void>;
	/** Where entries of the audit log are written before they are taken away. */
	exportTo(folder: string): Promise<void>;
}

export function createPruning(core: Core): Pruning {
	return {
		preview: () => walk(core, false, async () => true),
		run: (rest = async () => true) => walk(core, true, rest),
		// What has ended by a clock that is wrong hasn't.
		begin: async () =>
			core.clockDoubt() === undefined &&
			core.writer.write((database) => beginRound(database, timeOf(core))),
		keep: (kind, seconds) =>
			change(core, (database, time) => setKeep(database, time, kind, seconds)),
		exportTo: (folder) =>
			change(core, async (database, time) => {
				await writeSetting(database, "auditExport", resolve(folder));
				await auditSetting(database, time, { export: resolve(folder) });
			}),
	};
}

async function walk(
	core: Core,
	isDone: boolean,
	rest: (milliseconds: number) => Promise<boolean>,
): Promise<Kept[]> {
	const keeps = await readKeeps(core.database);
	const all: Kept[] = [];
	for (const kind of prunedKinds) {
		const keep = keeps[kind];
		const before = timeOf(core) - (keep ?? Infinity);
		const kept = { kind, keepSeconds: keep ?? null };
		if (keep === undefined) {
			all.push({ ...kept, outdated: 0 });
			continue;
		}
		let outdated = 0;
		let cursor: string | undefined;
		do {
			const start = performance.now();
			const look = await rules[kind].look(core, before, cursor);
			if (isDone && look.outdated.length > 0) await take(core, rules[kind], look.outdated, before);
			outdated += look.outdated.length;
			cursor = look.next;
			if (!(await rest(performance.now() - start))) return [...all, { ...kept, outdated }];
		} while (cursor !== undefined);
		all.push({ ...kept, outdated });
	}
	return all;
}

async function take(
	core: Core,
	rule: PruneRule,
	keys: readonly string[],
	before: number,
): Promise<void> {
	await rule.prepare?.(core, keys);
	await core.writer.write((database) => rule.remove(core, database, keys, before));
}

type Keeps = { readonly [kind in PrunedKind]: number | undefined };

async function readKeeps(database: Database): Promise<Keeps> {
	const keeps: { [kind in PrunedKind]?: number | undefined } = {};
	const said = parseKeeps((await readSetting(database, "keep")) ?? "");
	for (const kind of prunedKinds) {
		keeps[kind] = said.has(kind) ? said.get(kind) : rules[kind].keepDefault;
	}
	return keeps as Keeps;
}

/** `audit=31536000 tokens=`: nothing behind the sign is for ever. */
function parseKeeps(text: string): Map<string, number | undefined> {
	const words = text.split(" ").filter((word) => word !== "");
	return new Map(
		words.map((word) => {
			const [kind = "", seconds = ""] = word.split("=");
			return [kind, seconds === "" ? undefined : Number(seconds)];
		}),
	);
}

async function setKeep(
	database: Database,
	time: number,
	kind: PrunedKind,
	seconds: number | undefined,
): Promise<void> {
	const { keepMinimum } = rules[kind];
	if (keepMinimum === undefined) {
		throw new OperatorError("limit", "How long " + kind + " are kept, the protocol says.");
	}
	if (seconds !== undefined && seconds < keepMinimum) {
		const message = `"${kind}" is kept for ${keepMinimum / 86_400} days at least.`;
		throw new OperatorError("limit", message);
	}
	const keeps = parseKeeps((await readSetting(database, "keep")) ?? "");
	keeps.set(kind, seconds);
	const words = [...keeps].map(([name, value]) => name + "=" + (value ?? ""));
	await writeSetting(database, "keep", words.join(" "));
	await auditSetting(database, time, { [kind]: seconds ?? null });
}

async function auditSetting(
	database: Database,
	time: number,
	details: { readonly [name: string]: string | number | null },
): Promise<void> {
	const entry = { actor: actor(), action: "service.keep", subject: "service", details };
	await appendAudit(database, time, entry);
}

/**
 * A time that is days behind the round before is noted, and nothing goes by it for a day: until
 * then a clock that is ahead can be set right.
 */
async function beginRound(database: Database, time: number): Promise<boolean> {
	const last = Number((await readSetting(database, "pruned")) ?? 0);
	// A clock that was ahead must not keep it off for years.
	if (last <= time && time - last < roundSeconds) return false;
	await writeSetting(database, "pruned", String(time));
	return time - last < 2 * roundSeconds;
}
