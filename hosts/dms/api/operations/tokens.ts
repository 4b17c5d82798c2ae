/** Operations on the tokens that devices are given. */

import * as z from "zod";
import type { NewToken } from "../../administration/new-tokens.js";
import { OperatorError } from "../../operator-error.js";
import { collect } from "../../storage/pages.js";
import { operation } from "../operation.js";
import {
	done,
	lifeSeconds,
	limit,
	name,
	newToken,
	token,
	tokensOfRequest,
	uuid,
} from "../schemas.js";
import { all, forOperators } from "./access.js";
import { showTo } from "./devices.js";

const life = lifeSeconds.optional();

export const tokenOperations = {
	list: operation({
		id: "listTokens",
		method: "GET",
		path: "/tokens",
		summary: "A page of the tokens, without what they open",
		roles: all,
		input: z.strictObject({
			after: z.string().optional().describe("the last one of the page before"),
			limit,
		}),
		output: z.array(token),
		run: ({ service }, part) => collect(service.tokens.pages(part)),
	}),
	addProvisioning: operation({
		id: "addProvisioningToken",
		method: "POST",
		path: "/tokens/provisioning",
		summary: "Makes a provisioning token, for one device",
		roles: forOperators,
		input: z.strictObject({
			uuid: uuid.optional(),
			requiresUuid: z.boolean().optional().describe("the device must bring its own UUID"),
			lifeSeconds: life,
		}),
		output: newToken,
		run: ({ service }, input) => service.tokens.addProvisioning(input),
	}),
	addProvisioningMany: operation({
		id: "addProvisioningTokens",
		method: "POST",
		path: "/tokens/provisioning/bulk",
		summary: "Makes as many provisioning tokens: all or none",
		roles: forOperators,
		input: z.strictObject({
			count: z.int().min(1).max(tokensOfRequest),
			requiresUuid: z.boolean().optional(),
			lifeSeconds: life,
		}),
		output: z.array(newToken),
		run: async ({ service }, { count, ...options }) => {
			const made: NewToken[] = [];
			await service.tokens.addProvisioningMany(count, options, (one) => made.push(one));
			return made;
		},
	}),
	addClaim: operation({
		id: "addClaimToken",
		method: "POST",
		path: "/tokens/claim",
		summary: "Makes a claim token: a device becomes this user's",
		roles: [...forOperators, "owner"],
		input: z.strictObject({ user: name, lifeSeconds: life }),
		output: newToken,
		run({ service, caller }, input) {
			if (caller.role !== "owner" || caller.user === input.user) {
				return service.tokens.addClaim(input);
			}
			throw new OperatorError("user-other", "A claim token of yours is for you: " + caller.user);
		},
	}),
	addActivation: operation({
		id: "addActivationToken",
		method: "POST",
		path: "/tokens/activation",
		summary: "Makes a token that puts devices on a product",
		roles: forOperators,
		input: z.strictObject({
			user: name,
			product: z.string(),
			uses: z.int().min(1).optional().describe("for how many devices"),
			lifeSeconds: life,
		}),
		output: newToken,
		run: ({ service }, input) => service.tokens.addActivation(input),
	}),
	addTransfer: operation({
		id: "addTransferToken",
		method: "POST",
		path: "/tokens/transfer",
		summary: "Makes a token with which a device's owner hands it over to this user",
		roles: [...forOperators, "owner"],
		input: z.strictObject({ device: uuid, user: name, lifeSeconds: life }),
		output: newToken,
		run: async (context, input) => {
			await showTo(context, input.device);
			const { service, caller } = context;
			const giver = caller.role === "owner" ? (caller.user ?? "") : undefined;
			return service.tokens.addTransfer({ ...input, giver });
		},
	}),
	revoke: operation({
		id: "revokeToken",
		method: "DELETE",
		path: "/tokens/{id}",
		summary: "Makes a token useless",
		roles: forOperators,
		input: z.strictObject({ id: z.string() }),
		output: done,
		run: ({ service }, input) => service.tokens.revoke(input.id),
	}),
};
