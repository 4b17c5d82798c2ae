/** The people who own devices and run the service: added, invited, changed, removed. */

import { html } from "hono/html";
import type { Invite } from "../administration/invites.js";
import type { User } from "../administration/users.js";
import { userOperations } from "../api/operations/users.js";
import { timeText } from "../json.js";
import type { Caller } from "../people/caller.js";
import { OperatorError } from "../operator-error.js";
import type { Service } from "../service.js";
import { roles } from "../storage/schema.js";
import { act, type Exchange, fieldsIn, perform, noted, type Refusal, send } from "./exchange.js";
import { choice, failureOf, formsAsSeen, kept } from "./form.js";
import { input, secondsIn } from "./input.js";
import { facts, type Markup, nextPage, type Page, rowsOfAPage, shown, table } from "./layout.js";
import type { Part } from "./part.js";

const path = "/users";
const one = path + "/:name";

export const users: Part = {
	paths: [path, one, one + "/:action"],
	addTo(app, service) {
		app.get(path, async (exchange) => send(exchange, await listPage(service, exchange)));
		app.post(path, async (exchange) => {
			const fields = await fieldsIn(exchange);
			return act(exchange, {
				form: "add",
				fields,
				async run() {
					const { name } = await perform<User>(service, exchange, userOperations.add, fields);
					return pathOf(name);
				},
				pageOf: (refusal) => listPage(service, exchange, refusal),
			});
		});
		app.get(one, async (exchange) => send(exchange, await userPage(service, exchange)));
		app.post(one + "/invite", (exchange) => inviteOnce(service, exchange));
		for (const action of ["role", "email", "remove"] as const) {
			app.post(one + "/" + action, async (exchange) => {
				const fields = await fieldsIn(exchange);
				return act(exchange, {
					...{ form: action, fields, subject: "user:" + nameOf(exchange) },
					run: () => change(service, exchange, action, fields),
					pageOf: (refusal) => userPage(service, exchange, refusal),
				});
			});
		}
	},
};

function pathOf(name: string): string {
	return path + "/" + encodeURIComponent(name);
}

function nameOf(exchange: Exchange): string {
	return exchange.req.param("name") ?? "";
}

async function change(
	service: Service,
	exchange: Exchange,
	action: "role" | "email" | "remove",
	{ role, email = null }: { readonly role?: string; readonly email?: string | null },
): Promise<string> {
	const name = nameOf(exchange);
	const { setRole, setEmail, remove } = userOperations;
	if (action === "role") await perform(service, exchange, setRole, { name, role });
	else if (action === "email") await perform(service, exchange, setEmail, { name, email });
	else await perform(service, exchange, remove, { name });
	return action === "remove" ? path : pathOf(name);
}

async function listPage(service: Service, exchange: Exchange, refusal?: Refusal): Promise<Page> {
	const after = exchange.req.query("after");
	const input = { limit: rowsOfAPage, ...(after !== undefined && { after }) };
	const all = await perform<User[]>(service, exchange, userOperations.list, input);
	const last = encodeURIComponent(all.at(-1)?.name ?? "");
	const content = html`${addForm(exchange.get("caller"), refusal)}
	${table(
		["Name", "Role", "Logs in by", "Added"],
		all.map((user) => [
			html`<a href="${pathOf(user.name)}">${shown(user.name)}</a>`,
			user.role,
			waysOf(user),
			timeText(user.addedAt),
		]),
	)}
	${all.length < rowsOfAPage ? "" : nextPage(`${path}?after=${last}`)}`;
	return { title: "Users", content };
}

function waysOf({ hasPassword, hasIdentity }: User): string {
	const ways = [hasPassword ? "password" : "", hasIdentity ? "identity provider" : ""];
	return ways.filter((way) => way !== "").join(", ") || "nothing yet";
}

/** An operator looks after owners. */
function rolesFor({ role }: Caller): { readonly [role: string]: string } {
	const own = role === "admin" ? roles : (["owner"] as const);
	return Object.fromEntries([...own].reverse().map((one) => [one, one]));
}

function addForm(caller: Caller, refusal: Refusal | undefined): Markup {
	if (!userOperations.add.roles.includes(caller.role)) return html``;
	return html`<fieldset>
		<legend>Add a user</legend>
		${failureOf("add", refusal)}
		<form class="filters" method="post" action="${path}">
			${input("name", "Name", kept("add", "name", refusal), { isRequired: true })}
			<label>Role ${choice("role", kept("add", "role", refusal, "owner"), rolesFor(caller))}</label>
			${input("email", "E-mail, for an identity provider", kept("add", "email", refusal), {
				type: "email",
			})}
			<button class="first">Add</button>
		</form>
	</fieldset>`;
}

async function userPage(service: Service, exchange: Exchange, refusal?: Refusal): Promise<Page> {
	const name = nameOf(exchange);
	const seen = await service.seen("user:" + name);
	const user = await perform<User>(service, exchange, userOperations.show, { name });
	const caller = exchange.get("caller");
	const content = html`${facts({
		Role: user.role,
		"E-mail": shown(user.email),
		"Logs in by": waysOf(user),
		Added: timeText(user.addedAt),
		Devices: html`<a href="/devices?owner=${encodeURIComponent(name)}">those of ${shown(name)}</a>`,
	})}
	${await formsAsSeen(seen, changesOf(user, caller, refusal))}`;
	return { title: "User " + name, content };
}

function changesOf(user: User, caller: Caller, refusal: Refusal | undefined): Markup {
	const { invite, setRole, setEmail, remove } = userOperations;
	const manages = caller.role === "admin" || user.role === "owner";
	const may = ({ roles }: Pick<typeof invite, "roles">) => roles.includes(caller.role) && manages;
	return html`${may(invite) ? inviteForm(user, refusal) : ""}
	${may(setRole) ? roleForm(user, caller, refusal) : ""}
	${may(setEmail) ? emailForm(user, refusal) : ""} ${may(remove) ? removeForm(user, refusal) : ""}`;
}

function inviteForm({ name }: User, refusal: Refusal | undefined): Markup {
	const days = kept("invite", "days", refusal, "1");
	return html`<fieldset>
		<legend>Invite: a link with which ${shown(name)} sets a password</legend>
		${failureOf("invite", refusal)}
		<form class="filters" method="post" action="${pathOf(name)}/invite">
			${input("days", "Good for days", days, { type: "number", minimum: 1, maximum: 30 })}
			<button class="first">Make the link</button>
		</form>
		<p class="quiet">Those made before are void then. The password stays until it is used.</p>
	</fieldset>`;
}

function roleForm({ name, role }: User, caller: Caller, refusal: Refusal | undefined): Markup {
	return html`<fieldset>
		<legend>Role</legend>
		${failureOf("role", refusal)}
		<form class="filters" method="post" action="${pathOf(name)}/role">
			<label>Role ${choice("role", kept("role", "role", refusal, role), rolesFor(caller))}</label>
			<button>Change it</button>
		</form>
		<p class="quiet">It ends the sessions of ${shown(name)}, who logs in anew.</p>
	</fieldset>`;
}

function emailForm({ name, email }: User, refusal: Refusal | undefined): Markup {
	const text = kept("email", "email", refusal, email ?? "");
	return html`<fieldset>
		<legend>E-mail</legend>
		${failureOf("email", refusal)}
		<form class="filters" method="post" action="${pathOf(name)}/email">
			${input("email", "E-mail; nothing is none", text, { type: "email" })}
			<button>Change it</button>
		</form>
		<p class="quiet">The identity provider's user of this address becomes ${shown(name)}.</p>
	</fieldset>`;
}

/** What it leaves is said before. */
function removeForm({ name }: User, refusal: Refusal | undefined): Markup {
	return html`<fieldset>
		<legend>Remove</legend>
		${failureOf("remove", refusal)}
		<details>
			<summary>Remove ${shown(name)}...</summary>
			<p>
				Gone then: the password, sessions, invitations, claim tokens made for ${shown(name)}, API
				tokens of an owner's, and what products were shared. What stays: the audit log, and API
				tokens that ${shown(name)} has made for others. Who owns products or devices has to stay;
				release the devices first.
			</p>
			<form method="post" action="${pathOf(name)}/remove"><button>Remove for good</button></form>
		</details>
	</fieldset>`;
}

/** There is no other time to see the link. */
async function inviteOnce(service: Service, exchange: Exchange): Promise<Response> {
	const name = nameOf(exchange);
	const fields = await fieldsIn(exchange);
	const input = { name, lifeSeconds: secondsIn(fields["days"]) };
	try {
		const made = await perform<Invite>(service, exchange, userOperations.invite, input);
		return await send(exchange, { title: "Invitation for " + name, content: inviteView(made) });
	} catch (error) {
		if (error instanceof OperatorError && error.rule === "user-unknown") throw error;
		const { status, detail: message } = noted(exchange, error);
		const refusal = { form: "invite", message, fields };
		return send(exchange, await userPage(service, exchange, refusal), status);
	}
}

function inviteView({ name, link, expiresAt }: Invite): Markup {
	return html`<p role="status">
			The link is shown only now. Give it to ${shown(name)} in a way that nobody else reads: whoever
			opens it first sets the password. It is good once, until ${timeText(expiresAt)}.
		</p>
		<pre>${link}</pre>
		<p><a href="${pathOf(name)}">Back to ${shown(name)}</a></p>`;
}
