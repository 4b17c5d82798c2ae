/** Logging in and out, and the password of who was invited. */

import { html } from "hono/html";
import { sessionOperations } from "../api/operations/sessions.js";
import { type Fields, fieldsIn, perform, send, sendAgain } from "./exchange.js";
import { failure, type Markup, type Page } from "./layout.js";
import type { Part } from "./part.js";

export const logIn: Part = {
	paths: ["/log-in", "/invite"],
	isOpen: true,
	addTo(app, service, { provider }) {
		const logInPage = (fields: Fields, problem?: string): Page =>
			nameless("Log in", logInForm(fields, problem, provider));
		const invitePage = (fields: Fields, problem?: string): Page =>
			nameless("Set your password", inviteForm(fields, problem));
		const forms = [
			{ path: "/log-in", operation: sessionOperations.logIn, pageOf: logInPage },
			{ path: "/invite", operation: sessionOperations.acceptInvite, pageOf: invitePage },
		];
		for (const { path, operation, pageOf } of forms) {
			app.get(path, (exchange) => {
				const isLost = exchange.req.query("lost") === "form";
				return send(exchange, pageOf({}, isLost ? lostForm : undefined));
			});
			app.post(path, async (exchange) => {
				const fields = await fieldsIn(exchange);
				try {
					await perform(service, exchange, operation, inputOf(fields));
				} catch (error) {
					return sendAgain(exchange, error, (problem) => pageOf(fields, problem));
				}
				return exchange.redirect(exchange.get("visit").next(), 303);
			});
		}
	},
};

const lostForm =
	"You are logged in no more, so nothing was done of what you have just sent. " +
	"Log in, and do it again.";

/** Without scripts somebody may paste the whole link of his invitation. */
function inputOf(fields: Fields): Fields {
	const { invite } = fields;
	return invite === undefined
		? fields
		: { ...fields, invite: invite.slice(invite.indexOf("#") + 1) };
}

export const logOut: Part = {
	paths: ["/log-out"],
	addTo(app, service) {
		app.post("/log-out", async (exchange) => {
			await perform(service, exchange, sessionOperations.logOut);
			return exchange.redirect("/log-in", 303);
		});
	},
};

/** Nobody's name is on it, also where somebody has logged in already. */
function nameless(title: string, content: Markup): Page {
	return { title, content, isNarrow: true, caller: undefined };
}

/** `provider` is where an identity provider logs people in, if one does. */
function logInForm(
	{ name = "" }: Fields,
	problem: string | undefined,
	provider: string | undefined,
): Markup {
	return html`${failure(problem)}
		<form method="post" action="/log-in">
			<label for="name">Name</label>
			<input id="name" name="name" value="${name}" autocomplete="username" required autofocus />
			<label for="password">Password</label>
			<input
				id="password"
				name="password"
				type="password"
				autocomplete="current-password"
				required
			/>
			<button class="first">Log in</button>
		</form>
		${
			provider === undefined
				? ""
				: html`<p><a href="${provider}">Log in with your organisation's account</a></p>`
		}
		<p class="quiet">
			Forgotten, or never had one? An admin makes you a link: under "Users", or by
			<code>opendms user invite NAME</code>
		</p>`;
}

function inviteForm({ invite = "" }: Fields, problem?: string): Markup {
	return html`${failure(problem)}
		<form method="post" action="/invite">
			<label for="invite">Invitation (what stands behind the # of your link)</label>
			<input id="invite" name="invite" value="${invite}" autocomplete="off" required />
			<label for="password">New password: 12 letters or more, such as a few words</label>
			<input id="password" name="password" type="password" autocomplete="new-password" required />
			<button class="first">Set it, and log in</button>
		</form>`;
}
