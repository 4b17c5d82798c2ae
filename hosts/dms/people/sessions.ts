/** People log in, and stay it for a while. */

import { actAs } from "../administration/change.js";
import { type Core, timeOf } from "../core.js";
import { shortName } from "../digest.js";
import { OperatorError } from "../operator-error.js";
import { countChange } from "../storage/changes.js";
import type { Role } from "../storage/schema.js";
import {
	deleteSession,
	findSession,
	noteSessionSeen,
	type UserSessionRow,
} from "../storage/sessions.js";
import { type Identity, type NewUsers, userOf } from "./identity.js";
import { createLogIn } from "./log-in.js";
import type { PasswordHashes } from "./password-hash.js";
import { digestOfText } from "./secret-text.js";
import {
	auditSession,
	beginAs,
	type Begun,
	currentSessions,
	isCurrent,
	type Session,
	sessionOf,
	type Visitor,
} from "./session.js";

export interface Sessions {
	/** Fails by `log-in`, whatever is wrong, and by `log-in-wait`, with `LogInWait`. */
	logIn(name: string, password: string, visitor: Visitor): Promise<Begun>;
	/** Logs in whom an identity provider has recognized; fails by `log-in`. */
	beginByIdentity(identity: Identity, newUsers: NewUsers, visitor: Visitor): Promise<Begun>;
	/** Logs in somebody of whom it is known who it is. */
	begin(name: string, visitor: Visitor): Promise<Begun>;
	/** Whose invitation this is; `undefined` when it is nobody's, was used, or has ended. */
	findInvite(text: string): Promise<{ readonly name: string; readonly role: Role } | undefined>;
	/** Sets the password with an invitation, which is good once, and logs in. */
	acceptInvite(text: string, password: string, visitor: Visitor): Promise<Begun>;
	/** Ends all sessions of the user, and begins this one anew. */
	changePassword(name: string, current: string, wanted: string, visitor: Visitor): Promise<Begun>;
	/** Whose cookie this is; `undefined` for nobody's, and when it has ended. */
	find(cookie: string): Promise<Session | undefined>;
	/** The same, but it doesn't count as use of the session. */
	look(cookie: string): Promise<Session | undefined>;
	/** The last that began is the first. */
	list(name: string): Promise<Session[]>;
	/** Ends the one of this `id`. */
	end(name: string, id: string): Promise<void>;
	/** The same, if it hasn't ended yet. */
	forget(session: Session): Promise<void>;
}

/** No write for each look at the page. */
const seenSeconds = 300;

export function createSessions(core: Core, hashes: PasswordHashes): Sessions {
	return {
		...createLogIn(core, hashes),
		begin: (name, visitor) => beginAs(core, visitor, async () => name),
		beginByIdentity: (identity, newUsers, visitor) =>
			beginAs(core, visitor, async (database, time) => {
				await countChange(database);
				const act = () => userOf(database, identity, newUsers, time);
				return actAs("oidc:" + new URL(identity.issuer).host, act);
			}),
		async find(cookie) {
			const row = await findSession(core.database, digestOfText(cookie));
			if (row === undefined || !isCurrent(row, timeOf(core))) return undefined;
			await noteSeen(core, row);
			return sessionOf(row);
		},
		async look(cookie) {
			const row = await findSession(core.database, digestOfText(cookie));
			return row !== undefined && isCurrent(row, timeOf(core)) ? sessionOf(row) : undefined;
		},
		list: async (name) => (await currentSessions(core, name)).map(sessionOf),
		end: async (name, id) => {
			if (await end(core, name, id)) return;
			throw new OperatorError("session-unknown", "You have no session " + id + ".");
		},
		forget: async ({ caller, id }) => void (await end(core, caller.name, id)),
	};
}

async function end(core: Core, name: string, id: string): Promise<boolean> {
	const all = await currentSessions(core, name);
	const row = all.find(({ digest }) => shortName(digest) === id);
	if (row === undefined) return false;
	await core.writer.write(async (database) => {
		await deleteSession(database, row.digest);
		await auditSession(database, timeOf(core), "session.end", name, row.address);
	});
	return true;
}

async function noteSeen(core: Core, { digest, seenAt }: UserSessionRow): Promise<void> {
	const time = timeOf(core);
	if (time - seenAt < seenSeconds) return;
	const note = core.writer.write((database) => noteSessionSeen(database, digest, time));
	await note.catch(() => undefined); // The next look at the page tries again.
}
