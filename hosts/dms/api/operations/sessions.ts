/** Operations of a person on himself: log in and out, his password, his sessions. */

import * as z from "zod";
import { OperatorError } from "../../operator-error.js";
import type { Caller } from "../../people/caller.js";
import type { Begun } from "../../people/session.js";
import { type Context, operation } from "../operation.js";
import { caller, done, session } from "../schemas.js";
import { forOwnersToo } from "./access.js";

const password = z.string();

async function begin({ visit }: Context, begun: Begun): Promise<object> {
	await visit.keep(begun);
	return begun.session.caller;
}

/** A program has a token, and no session. */
function userOf({ caller: { kind, name } }: Context): string {
	if (kind === "user") return name;
	throw new OperatorError("usage", "A token has no password and no session; a person has.");
}

export const sessionOperations = {
	logIn: operation({
		...{ id: "logIn", method: "POST", path: "/session", summary: "Logs a person in, by a cookie" },
		roles: forOwnersToo,
		isOpen: true,
		input: z.strictObject({ name: z.string(), password }),
		output: caller,
		run: async (context, input) => {
			const { sessions } = context.service;
			const { name, password } = input;
			return begin(context, await sessions.logIn(name, password, context.visit.visitor));
		},
	}),
	acceptInvite: operation({
		id: "acceptInvite",
		method: "POST",
		path: "/session/invite",
		summary: "Sets the password with an invitation, once, and logs in",
		roles: forOwnersToo,
		isOpen: true,
		input: z.strictObject({ invite: z.string(), password }),
		output: caller,
		run: async (context, { invite, password }) => {
			const { sessions } = context.service;
			return begin(context, await sessions.acceptInvite(invite, password, context.visit.visitor));
		},
	}),
	show: operation({
		...{ id: "showCaller", method: "GET", path: "/session", summary: "Who asks" },
		roles: forOwnersToo,
		input: z.strictObject({}),
		output: caller,
		run: async ({ caller: { kind, name, role, user } }): Promise<Caller> => ({
			...{ kind, name, role, user },
		}),
	}),
	logOut: operation({
		...{ id: "logOut", method: "DELETE", path: "/session", summary: "Ends this session" },
		roles: forOwnersToo,
		input: z.strictObject({}),
		output: done,
		run: async (context) => {
			const name = userOf(context);
			const { session } = context.visit;
			if (session !== undefined) await context.service.sessions.end(name, session.id);
			context.visit.forget();
		},
	}),
	changePassword: operation({
		id: "changePassword",
		method: "PUT",
		path: "/session/password",
		summary: "Changes one's own password, and ends one's other sessions",
		roles: forOwnersToo,
		input: z.strictObject({ current: password, wanted: password }),
		output: caller,
		run: async (context, { current, wanted }) => {
			const name = userOf(context);
			const { visitor } = context.visit;
			const { sessions } = context.service;
			return begin(context, await sessions.changePassword(name, current, wanted, visitor));
		},
	}),
	list: operation({
		...{ id: "listSessions", method: "GET", path: "/sessions", summary: "One's own sessions" },
		roles: forOwnersToo,
		input: z.strictObject({}),
		output: z.array(session),
		run: async (context) => {
			const own = context.visit.session?.id;
			const all = await context.service.sessions.list(userOf(context));
			return all.map(({ caller: _, ...rest }) => ({ ...rest, isThis: rest.id === own }));
		},
	}),
	end: operation({
		id: "endSession",
		method: "DELETE",
		path: "/sessions/{id}",
		summary: "Ends one of one's own sessions",
		roles: forOwnersToo,
		input: z.strictObject({ id: z.string() }),
		output: done,
		run: (context, { id }) => context.service.sessions.end(userOf(context), id),
	}),
};
