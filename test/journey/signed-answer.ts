/** An answer of one's own choice, signed as the service would sign it. */

import { createPrivateKey, X509Certificate } from "node:crypto";
import { answerSignature } from "../../hosts/dms/endpoint/answer-signature.js";
import type { Service } from "../../hosts/dms/service.js";

/** What a service that is taken over, or that has reason to, answers to `request`. */
export async function signedBy(
	service: Pick<Service, "serverFiles" | "now">,
	request: Request,
	response: Response,
): Promise<Response> {
	const { key, cert } = await service.serverFiles();
	const server = {
		privateKey: createPrivateKey(key),
		certificate: Uint8Array.from(new X509Certificate(cert).raw),
	};
	const { status } = response;
	const bytes = new Uint8Array(await response.arrayBuffer());
	const body = bytes.length > 0 ? bytes : undefined;
	const headers = Object.fromEntries(response.headers);
	const answer = { status, body, headers };
	const time = Math.floor(service.now() / 1000);
	const signature = await answerSignature(answer, request.headers, async () => server, time);
	return new Response(body ?? null, { status, headers: { ...headers, ...signature } });
}
