/** Operations on how a tag's bundle goes to devices. */

import * as z from "zod";
import { operation } from "../operation.js";
import { done, rollOut, tag } from "../schemas.js";
import { all, forPublishers } from "./access.js";

const path = "/products/{product}/tags/{tag}";
const input = z.strictObject({ product: z.string(), tag });

export const rollOutOperations = {
	show: operation({
		...{ id: "showRollOut", method: "GET", path },
		summary: "How a tag's bundle fares on devices",
		roles: all,
		input,
		output: rollOut,
		run: ({ service }, { product, tag }) => service.rollOuts.show(product, tag),
	}),
	pause: operation({
		...{ id: "pauseRollOut", method: "PUT", path: path + "/pause" },
		summary: "Gives no device this bundle until it goes on",
		roles: forPublishers,
		input,
		output: done,
		run: ({ service }, { product, tag }) => service.rollOuts.pause(product, tag),
	}),
	resume: operation({
		...{ id: "resumeRollOut", method: "DELETE", path: path + "/pause" },
		summary: "Goes on as before; devices that failed until now don't count any more",
		roles: forPublishers,
		input,
		output: done,
		run: ({ service }, { product, tag }) => service.rollOuts.resume(product, tag),
	}),
};
