/** Sessions of browsers in which people have logged in, each known by its cookie. */

import { type Core, timeOf } from "../core.js";
import { shortName } from "../digest.js";
import { OperatorError } from "../operator-error.js";
import { appendAudit } from "../storage/audit.js";
import type { Database } from "../storage/schema.js";
import {
	deleteSession,
	insertSession,
	listSessions,
	type UserSessionRow,
} from "../storage/sessions.js";
import { findUser } from "../storage/users.js";
import { actorOf, type Caller } from "./caller.js";
import { digestOfText, newSecretText } from "./secret-text.js";

/** Where somebody comes from. */
export interface Visitor {
	/** An IP address. */
	readonly address: string;
	/** What the browser calls itself. */
	readonly agent: string;
}

export interface Session {
	/** Tells it from the user's others; opens nothing. */
	readonly id: string;
	readonly caller: Caller;
	/** Seconds since 1970, as all times. */
	readonly startedAt: number;
	/** Give or take some minutes. */
	readonly seenAt: number;
	/** When it ends if it isn't used before. */
	readonly expiresAt: number;
	readonly address: string;
	readonly agent: string;
}

export interface Begun {
	/** The value of its cookie; it can't be had again. */
	readonly cookie: string;
	/** How long a browser keeps it at most. */
	readonly lifeSeconds: number;
	readonly session: Session;
}

const secondsPerDay = 86_400;
const lifeSeconds = 30 * secondsPerDay;
const idleSeconds = secondsPerDay / 2;
/** A clock that is put back by less has its people go on. */
const aheadSecondsMaximum = secondsPerDay;
/** Beyond it the one that was seen longest ago ends. */
const sessionsMaximum = 50;
const agentMaximum = 200;
const addressMaximum = 64;

/** Begins a session of whom `who` lets in, in one transaction with what it does. */
export async function beginAs(
	core: Core,
	visitor: Visitor,
	who: (database: Database, time: number) => Promise<string>,
): Promise<Begun> {
	const cookie = newSecretText();
	const time = timeOf(core);
	const row = await core.writer.write(async (database) => {
		return beginSession(database, await who(database, time), cookie, visitor, time);
	});
	return { cookie, lifeSeconds, session: sessionOf(row) };
}

async function beginSession(
	database: Database,
	name: string,
	cookie: string,
	visitor: Visitor,
	time: number,
): Promise<UserSessionRow> {
	const user = await findUser(database, name);
	if (user === undefined) throw new OperatorError("log-in", "This user was removed just now.");
	const all = await listSessions(database, name);
	const bySeen = [...all].sort((one, other) => other.seenAt - one.seenAt);
	for (const [index, { digest, ...other }] of bySeen.entries()) {
		const isOver = endOf(other) <= time || index >= sessionsMaximum - 1;
		if (isOver) await deleteSession(database, digest);
	}
	const row = {
		...{ digest: digestOfText(cookie), user: name },
		...{ startedAt: time, seenAt: time, expiresAt: time + lifeSeconds },
		address: visitor.address.slice(0, addressMaximum),
		agent: visitor.agent.slice(0, agentMaximum),
	};
	await insertSession(database, row);
	await auditSession(database, time, "session.begin", name, row.address);
	return { ...row, role: user.role };
}

export async function auditSession(
	database: Database,
	time: number,
	action: "session.begin" | "session.end",
	name: string,
	address: string,
	rule?: string,
): Promise<void> {
	const actor = actorOf({ kind: "user", name });
	const entry = { actor, action, subject: "user:" + name, details: { address } };
	await appendAudit(database, time, { ...entry, ...(rule !== undefined && { rule }) });
}

/** Those of a user that haven't ended; the last that began is the first. */
export async function currentSessions(core: Core, name: string): Promise<UserSessionRow[]> {
	const time = timeOf(core);
	return (await listSessions(core.database, name)).filter((row) => isCurrent(row, time));
}

/**
 * Whether it hasn't ended. One that was seen in the future would go on for as long as a clock was
 * ahead: until then it is no session, and not ended either.
 */
export function isCurrent(
	row: Pick<UserSessionRow, "seenAt" | "expiresAt">,
	time: number,
): boolean {
	return endOf(row) > time && row.seenAt <= time + aheadSecondsMaximum;
}

function endOf({ seenAt, expiresAt }: Pick<UserSessionRow, "seenAt" | "expiresAt">): number {
	return Math.min(seenAt + idleSeconds, expiresAt);
}

export function sessionOf(row: UserSessionRow): Session {
	const { digest, user, role, startedAt, seenAt, address, agent } = row;
	return {
		id: shortName(digest),
		caller: { kind: "user", name: user, role, user },
		...{ startedAt, seenAt, expiresAt: endOf(row), address, agent },
	};
}
