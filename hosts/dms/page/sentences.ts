/** Entries of the audit log in words: who did what, or tried to, and why it was refused. */

import { timeText } from "../json.js";
import { printable } from "../printable.js";
import type { StoredAuditEntry } from "../storage/audit.js";
import { actionsDone, type Facts, actionsRefused } from "./audit-actions.js";
import { reasonOf } from "./reasons.js";

type Entry = Pick<StoredAuditEntry, "actor" | "action" | "subject" | "rule" | "details">;

/** UUIDs and names of keys are known by their beginning. */
const shortLength = 12;

/**
 * One sentence. `here` is what the reader looks at, such as `device:<uuid>`: there it is "this
 * device". What an entry names may come from anywhere, and is text without control characters.
 */
export function sentenceOf(entry: Entry, here?: string): string {
	const { action, subject, rule } = entry;
	const actor = inWords(entry.actor, here);
	const details = detailsOf(entry);
	const of = (name: string) => textOf(name, details[name]);
	const facts: Facts = {
		on: subject === entry.actor && subject === here ? "itself" : inWords(subject, here),
		name: subject.slice(subject.indexOf(":") + 1),
		of,
		named: (name) => inWords(of(name), here),
	};
	const isRefused = rule !== "";
	const verb = isRefused ? actionsRefused[action] : actionsDone[action];
	const done = verb?.(facts) ?? otherDeed(action, facts, details);
	const text = isRefused
		? `${actor} ${done}, and was refused: ${reasonOf(rule)}`
		: `${actor} ${done}`;
	return printable(text.charAt(0).toUpperCase() + text.slice(1)) + ".";
}

/** The same for a name that stands alone; without characters that move a cursor. */
export function nameInWords(name: string): string {
	return printable(inWords(name));
}

/** Who or what a name such as `device:<uuid>` or `user:alice` is. */
function inWords(name: string, here?: string): string {
	const [kind = "", ...rest] = name.split(":");
	const text = rest.join(":");
	if (name === here) return "this " + kind;
	if (name === "operator") return "somebody on the service's machine";
	if (rest.length === 0) return kind === "service" ? "the service" : name;
	if (text === "unknown") return "an unknown " + kind;
	const say = kinds[kind];
	return say === undefined ? name : say(text);
}

const kinds: { readonly [kind: string]: (text: string) => string } = Object.freeze({
	device: (text) => "device " + text.slice(0, shortLength),
	key: (text) => "a board with key " + text.slice(0, shortLength),
	user: (text) => text,
	api: (text) => "API token " + text,
	oidc: (text) => "the identity provider " + text,
	product: (text) => text,
	batch: (text) => "batch " + text,
	token: (text) => "token " + text,
	"api-token": (text) => "API token " + text,
	hardware: (text) => "hardware " + text,
	authority: (text) => "CA " + text.slice(0, shortLength),
	server: (text) => "the server " + text.replaceAll(",", ", "),
	service: (text) => "the service at " + text,
	request: (text) => text,
});

/** An action that this page has no words for, such as one of an earlier release. */
function otherDeed(action: string, { on }: Facts, details: Details): string {
	const rest = Object.entries(details).map(([name, value]) => `${name} ${textOf(name, value)}`);
	return [`did ${action} on ${on}`, ...rest].join(", ");
}

type Details = { readonly [name: string]: unknown };

function detailsOf({ details }: Entry): Details {
	try {
		const value: unknown = JSON.parse(details);
		return typeof value === "object" && value !== null ? { ...value } : {};
	} catch {
		return {}; // What is written from today on has no other.
	}
}

function textOf(name: string, value: unknown): string {
	if (value === null || value === undefined) return "";
	return typeof value === "number" && name.endsWith("At") ? timeText(value) : String(value);
}
