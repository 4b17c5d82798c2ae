/** Operations on users, who own products and devices, or run the service. */

import * as z from "zod";
import type { Managed } from "../../administration/users.js";
import { type Context, operation } from "../operation.js";
import { done, email, invite, lifeSeconds, limit, name, role, user } from "../schemas.js";
import { all, forAdmins, forOperators } from "./access.js";

/** Who could make himself an admin would be one. */
function managedBy({ caller }: Context): Managed {
	return caller.role === "admin" ? {} : { managed: ["owner"] };
}

export const userOperations = {
	list: operation({
		id: "listUsers",
		method: "GET",
		path: "/users",
		summary: "A page of the users, in the order of their names",
		roles: all,
		input: z.strictObject({
			after: name.optional().describe("the last one of the page before"),
			limit,
		}),
		output: z.array(user),
		run: ({ service }, part) => service.users.list(part),
	}),
	show: operation({
		...{ id: "showUser", method: "GET", path: "/users/{name}", summary: "A user" },
		roles: all,
		input: z.strictObject({ name }),
		output: user,
		run: ({ service }, { name }) => service.users.show(name),
	}),
	add: operation({
		id: "addUser",
		method: "POST",
		path: "/users",
		summary: "Adds a user; an operator adds owners",
		roles: forOperators,
		input: z.strictObject({ name, role: role.optional(), email: email.optional() }),
		output: user,
		run: (context, { name, role, email }) =>
			context.service.users.add(name, { role, email, ...managedBy(context) }),
	}),
	setEmail: operation({
		id: "setUserEmail",
		method: "PUT",
		path: "/users/{name}/email",
		summary: "Says by which address an identity provider's user is known; null: by none",
		roles: forAdmins,
		input: z.strictObject({ name, email: email.nullable() }),
		output: user,
		run: ({ service }, { name, email }) => service.users.setEmail(name, email),
	}),
	setRole: operation({
		id: "setUserRole",
		method: "PUT",
		path: "/users/{name}/role",
		summary: "Says what a user may do, and ends his sessions",
		roles: forAdmins,
		input: z.strictObject({ name, role }),
		output: user,
		run: ({ service }, { name, role }) => service.users.setRole(name, role),
	}),
	invite: operation({
		id: "inviteUser",
		method: "POST",
		path: "/users/{name}/invite",
		summary: "Makes a link with which a user sets a password, once; an operator invites owners",
		roles: forOperators,
		input: z.strictObject({ name, lifeSeconds: lifeSeconds.optional() }),
		output: invite,
		run: (context, { name, lifeSeconds }) =>
			context.service.users.invite(name, { lifeSeconds, ...managedBy(context) }),
	}),
	remove: operation({
		id: "removeUser",
		method: "DELETE",
		path: "/users/{name}",
		summary: "Removes a user who owns nothing; an operator removes owners",
		roles: forOperators,
		input: z.strictObject({ name }),
		output: done,
		run: (context, { name }) => context.service.users.remove(name, managedBy(context)),
	}),
};
