/** An answer of one's own choice, signed as the service would sign it. */

import { createPrivateKey, X509Certificate } from "node:crypto";
import { answerSignature } from "../../hosts/dms/endpoint/answer-signature.js";
import type { Service } from "../../hosts/dms/service.js";

type Files = Awaited<ReturnType<Service["serverFiles"]>>;

function read({ key, cert }: Files) {
	const certificate = Uint8Array.from(new X509Certificate(cert).raw);
	return { key, cert, privateKey: createPrivateKey(key), certificate };
}

/** To read a key takes longer than to sign: that of the service asked last is kept. */
let last: ReturnType<typeof read> | undefined;

function serverOf(files: Files): ReturnType<typeof read> {
	if (last?.key !== files.key || last.cert !== files.cert) last = read(files);
	return last;
}

/** What a service that is taken over, or that has reason to, answers to `request`. */
export async function signedBy(
	service: Pick<Service, "serverFiles" | "now">,
	request: Request,
	response: Response,
): Promise<Response> {
	const server = serverOf(await service.serverFiles());
	const { status } = response;
	const bytes = new Uint8Array(await response.arrayBuffer());
	const body = bytes.length > 0 ? bytes : undefined;
	const headers = Object.fromEntries(response.headers);
	const answer = { status, body, headers };
	const time = Math.floor(service.now() / 1000);
	const signature = await answerSignature(answer, request.headers, async () => server, time);
	return new Response(body ?? null, { status, headers: { ...headers, ...signature } });
}
