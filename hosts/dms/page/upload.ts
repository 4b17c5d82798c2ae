/** A product's key, its bundles and what goes onto blank chips come to the service by forms. */

import { Readable } from "node:stream";
import { Busboy } from "@fastify/busboy";
import type { Bundle } from "../administration/bundles.js";
import { InputError } from "../api/problem.js";
import { spooled } from "../api/spool.js";
import { OperatorError } from "../operator-error.js";
import { act, type Exchange, perform, requireRole } from "./exchange.js";
import type { Part } from "./part.js";
import { productPage } from "./product.js";
import { uploads } from "./upload-view.js";

export const upload: Part = {
	paths: uploads.map(({ form }) => "/products/:product/" + form),
	isUpload: true,
	addTo(app, service) {
		for (const { form, operation, input, bytesMaximum } of uploads) {
			app.post("/products/:product/" + form, (exchange) => {
				const fields: { [name: string]: string } = {};
				return act(exchange, {
					...{ form, fields },
					async run() {
						// Nothing is read of who may not.
						requireRole(operation, exchange.get("caller"));
						const options = { folder: service.folder, bytesMaximum };
						const bytes = fileIn(exchange, bytesMaximum, fields);
						const { product } = await spooled(bytes, options, (file) => {
							if (file.length === 0) throw new OperatorError("bundle", "Choose a file first.");
							const told = input(exchange.req.param("product") ?? "", fields);
							return perform<Pick<Bundle, "product">>(service, exchange, operation, told, file);
						});
						return "/products/" + encodeURIComponent(product);
					},
					pageOf: (refusal) => productPage(service, exchange, refusal),
				});
			});
		}
	},
};

/** The bytes of the form's one file, as they come; the texts before it are put into `fields`. */
async function* fileIn(
	{ req }: Exchange,
	bytesMaximum: number,
	fields: { [name: string]: string },
): AsyncGenerator<Uint8Array> {
	const { body } = req.raw;
	const type = req.header("content-type") ?? "";
	if (body === null || !/^multipart\/form-data\b/.test(type))
		throw new InputError("That is no form.");
	// One byte more than is taken shows that it is too long.
	const limits = { files: 1, parts: 10, fileSize: bytesMaximum + 1, fieldSize: 1000 };
	const parser = new Busboy({ headers: { "content-type": type }, limits });
	const source = Readable.fromWeb(body);
	const found = new Promise<Readable | undefined>((resolve, reject) => {
		parser.on("field", (name, text) => {
			if (text !== "") Object.defineProperty(fields, name, { value: text, enumerable: true });
		});
		parser.on("file", (_, file) => resolve(file));
		parser.on("finish", () => resolve(undefined));
		parser.on("error", reject);
		source.on("error", reject);
	});
	source.pipe(parser);
	try {
		const file = await found;
		if (file === undefined) return;
		source.on("error", (error) => file.destroy(error));
		yield* file;
	} finally {
		source.unpipe(parser);
	}
}
