/** Operations on the service itself: its audit log, its CA, and who uses the API. */

import * as z from "zod";
import { collect } from "../../storage/pages.js";
import { operation } from "../operation.js";
import {
	apiToken,
	auditEntry,
	authorityCertificate,
	done,
	lifeSeconds,
	limit,
	name,
	revocationList,
	role,
	uuid,
} from "../schemas.js";
import { all, forAdmins } from "./access.js";

export const serviceOperations = {
	audit: operation({
		id: "listAudit",
		method: "GET",
		path: "/audit",
		summary: "The newest entries of the audit log, oldest first; with after, the next ones",
		roles: all,
		input: z.strictObject({
			after: z.coerce.number().int().optional().describe("the last one of the page before"),
			limit,
			before: z.coerce.number().int().optional().describe("the newest ones before this one"),
			since: z.coerce.number().int().optional().describe("seconds since 1970"),
			until: z.coerce.number().int().optional().describe("before then: seconds since 1970"),
			actor: z.string().max(200).optional().describe("such as user:alice"),
			action: z.string().max(64).optional().describe("such as device.lock"),
			subject: z.string().max(200).optional().describe("such as product:ACME-LAMP"),
			isRefused: z.stringbool().optional(),
			device: uuid.optional(),
		}),
		output: z.array(auditEntry),
		run: ({ service }, { after, limit, ...filter }) =>
			collect(service.auditPages({ after, limit }, filter)),
	}),
	certificate: operation({
		id: "showAuthority",
		method: "GET",
		path: "/authority",
		summary: "The certificate of the service's CA",
		roles: all,
		input: z.strictObject({}),
		output: authorityCertificate,
		run: async ({ service }) => service.certificates.show(),
	}),
	revocations: operation({
		id: "showRevocations",
		method: "GET",
		path: "/authority/revocations",
		summary: "The list of revoked certificates, as /crl.der of the devices' port has it",
		roles: all,
		input: z.strictObject({}),
		output: revocationList,
		run: ({ service }) => service.revocations.show(),
	}),
	setRevocationsUrl: operation({
		id: "setRevocationsUrl",
		method: "PUT",
		path: "/authority/revocations/url",
		summary: "What certificates issued from now on say of where the list is; without one, nothing",
		roles: forAdmins,
		input: z.strictObject({ url: z.string().max(200).optional() }),
		output: done,
		run: ({ service }, input) => service.revocations.setUrl(input.url),
	}),
	listApiTokens: operation({
		...{ id: "listApiTokens", method: "GET", path: "/api-tokens", summary: "All API tokens" },
		roles: forAdmins,
		input: z.strictObject({}),
		output: z.array(apiToken),
		run: ({ service }) => service.apiTokens.list(),
	}),
	addApiToken: operation({
		id: "addApiToken",
		method: "POST",
		path: "/api-tokens",
		summary: "Makes an API token",
		roles: forAdmins,
		input: z.strictObject({
			name,
			role,
			user: name.optional().describe("whose devices an owner sees"),
			lifeSeconds: lifeSeconds.optional(),
		}),
		output: z.strictObject({ ...apiToken.shape, token: z.string().describe("shown only now") }),
		run: ({ service }, input) => service.apiTokens.add(input),
	}),
	revokeApiToken: operation({
		id: "revokeApiToken",
		method: "DELETE",
		path: "/api-tokens/{name}",
		summary: "Makes an API token useless",
		roles: forAdmins,
		input: z.strictObject({ name }),
		output: done,
		run: ({ service }, input) => service.apiTokens.revoke(input.name),
	}),
};
