/** How people log in: by a password, which they set by an invitation. */

import { type Core, timeOf } from "../core.js";
import { OperatorError } from "../operator-error.js";
import { appendAudit } from "../storage/audit.js";
import { deleteInvites, findInvite } from "../storage/invites.js";
import { findPassword, writePassword } from "../storage/passwords.js";
import type { Database, InviteRow } from "../storage/schema.js";
import { deleteSessionsOf } from "../storage/sessions.js";
import { findUser } from "../storage/users.js";
import { LogInLimits, nobody } from "./log-in-limits.js";
import { newPasswordIn, passwordIn } from "./password.js";
import type { PasswordHashes } from "./password-hash.js";
import { digestOfText } from "./secret-text.js";
import { auditSession, beginAs, currentSessions, type Visitor } from "./session.js";
import type { Sessions } from "./sessions.js";

const wrongLogIn =
	"That name and password don't go together. If the password is forgotten, ask for an invitation.";
const wrongInvite =
	"This invitation was used, or has ended. Ask an admin for another: opendms user invite <name>";
const typedNameMaximum = 64;

type LogIn = Pick<Sessions, "logIn" | "findInvite" | "acceptInvite" | "changePassword">;

export function createLogIn(core: Core, hashes: PasswordHashes): LogIn {
	const check = checkOf(core, hashes);
	const { database } = core;
	return {
		async logIn(typed, text, visitor) {
			const name = userNameIn(typed);
			const { hash, password } = await check(name, text, visitor);
			const newer = hashes.isOutdated(hash) ? await hashes.make(password) : undefined;
			return beginAs(core, visitor, async (transaction, time) => {
				await requireUnchanged(transaction, name, hash);
				if (newer !== undefined) {
					await writePassword(transaction, { user: name, hash: newer, setAt: time });
				}
				return name;
			});
		},
		async findInvite(text) {
			const invite = await openInvite(database, text, timeOf(core));
			const user = invite && (await findUser(database, invite.user));
			return user && { name: user.name, role: user.role };
		},
		async acceptInvite(text, wanted, visitor) {
			const { user: name } = await requireInvite(database, text, timeOf(core));
			const hash = await hashes.make(newPasswordIn(wanted, name));
			return beginAs(core, visitor, async (transaction, time) => {
				// Of two who come at once, one is too late.
				await requireInvite(transaction, text, time);
				await setPassword(transaction, name, hash, time);
				return name;
			});
		},
		async changePassword(name, typed, wanted, visitor) {
			const password = newPasswordIn(wanted, name);
			const { hash } = await check(name, typed, visitor);
			const newer = await hashes.make(password);
			return beginAs(core, visitor, async (transaction, time) => {
				await requireUnchanged(transaction, name, hash);
				await setPassword(transaction, name, newer, time);
				return name;
			});
		},
	};
}

/** Resolves with the hash that a password is right for. */
function checkOf(core: Core, hashes: PasswordHashes) {
	const limits = new LogInLimits(core);
	return async (name: string, text: string, visitor: Visitor) => {
		const { address } = visitor;
		const all = await currentSessions(core, name);
		const isKnown = all.some((session) => session.address === address);
		const row = await findPassword(core.database, name);
		const account = row === undefined ? nobody(name) : name;
		const succeed = await limits.begin({ account, address, isKnown }, timeOf(core));
		const password = passwordIn(text);
		const isRight = await hashes.isRight(password ?? "", row?.hash);
		if (!isRight || row === undefined || password === undefined) {
			auditRefusal(core, row && name, visitor);
			throw new OperatorError("log-in", wrongLogIn);
		}
		await succeed();
		return { hash: row.hash, password };
	};
}

/** The password may have been changed while one was hashed. */
async function requireUnchanged(database: Database, user: string, hash: string): Promise<void> {
	if ((await findPassword(database, user))?.hash === hash) return;
	throw new OperatorError("log-in", wrongLogIn);
}

/** Ends what a user could do until now, and with which it was done. */
async function setPassword(
	database: Database,
	user: string,
	hash: string,
	time: number,
): Promise<void> {
	await writePassword(database, { user, hash, setAt: time });
	await deleteInvites(database, user);
	await deleteSessionsOf(database, user);
	const entry = { actor: "user:" + user, action: "user.password", subject: "user:" + user };
	await appendAudit(database, time, entry);
}

/** Nobody waits for it: of names that nobody has less is written, and that would be heard. */
function auditRefusal(core: Core, name: string | undefined, { address }: Visitor): void {
	// What was typed as a name may be a password.
	const shown = name ?? "(unknown)";
	const time = timeOf(core);
	core.writer
		.write((database) => auditSession(database, time, "session.begin", shown, address, "log-in"))
		.catch((error: unknown) => core.log({ kind: "fault", during: "noting a log-in", error }));
}

async function openInvite(
	database: Database,
	text: string,
	time: number,
): Promise<InviteRow | undefined> {
	const invite = await findInvite(database, digestOfText(text));
	return invite !== undefined && invite.expiresAt > time ? invite : undefined;
}

async function requireInvite(database: Database, text: string, time: number): Promise<InviteRow> {
	const invite = await openInvite(database, text, time);
	if (invite === undefined) throw new OperatorError("invite-unknown", wrongInvite);
	return invite;
}

/** Phones write the first letter large. */
function userNameIn(typed: string): string {
	return typed.slice(0, typedNameMaximum).trim().toLowerCase();
}
