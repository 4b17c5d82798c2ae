/** An answer of one's own choice, signed as the service would sign it. */

import { createPrivateKey, X509Certificate } from "node:crypto";
import { answerSignature } from "../../hosts/dms/endpoint/answer-signature.js";
import type { Service } from "../../hosts/dms/service.js";

type Asked = Pick<Service, "serverFiles" | "now">;

/** Seconds: so long the service asked last keeps its key. */
const keptSeconds = 60;

async function read(service: Asked, time: number) {
	const { key, cert } = await service.serverFiles();
	const certificate = Uint8Array.from(new X509Certificate(cert).raw);
	return { service, time, privateKey: createPrivateKey(key), certificate };
}

/** To ask for a key and to read it takes longer than to sign. */
let last: Awaited<ReturnType<typeof read>> | undefined;

async function serverOf(service: Asked, time: number): Promise<Awaited<ReturnType<typeof read>>> {
	const isKept = last?.service === service && Math.abs(time - last.time) < keptSeconds;
	return last !== undefined && isKept ? last : (last = await read(service, time));
}

/** What a service that is taken over, or that has reason to, answers to `request`. */
export async function signedBy(
	service: Asked,
	request: Request,
	response: Response,
): Promise<Response> {
	const { status } = response;
	const bytes = new Uint8Array(await response.arrayBuffer());
	const body = bytes.length > 0 ? bytes : undefined;
	const headers = Object.fromEntries(response.headers);
	const answer = { status, body, headers };
	const time = Math.floor(service.now() / 1000);
	const server = await serverOf(service, time);
	const signature = await answerSignature(answer, request.headers, async () => server, time);
	return new Response(body ?? null, { status, headers: { ...headers, ...signature } });
}
