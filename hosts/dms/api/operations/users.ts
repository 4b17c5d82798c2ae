/** Operations on users, who own products and devices. */

import * as z from "zod";
import { operation } from "../operation.js";
import { done, name, user } from "../schemas.js";
import { all, forOperators } from "./access.js";

export const userOperations = {
	list: operation({
		...{ id: "listUsers", method: "GET", path: "/users", summary: "All users" },
		roles: all,
		input: z.strictObject({}),
		output: z.array(user),
		run: ({ service }) => service.users.list(),
	}),
	add: operation({
		...{ id: "addUser", method: "POST", path: "/users", summary: "Adds a user" },
		roles: forOperators,
		input: z.strictObject({ name }),
		output: user,
		run: ({ service }, input) => service.users.add(input.name),
	}),
	remove: operation({
		id: "removeUser",
		method: "DELETE",
		path: "/users/{name}",
		summary: "Removes a user who owns nothing",
		roles: forOperators,
		input: z.strictObject({ name }),
		output: done,
		run: ({ service }, input) => service.users.remove(input.name),
	}),
};
