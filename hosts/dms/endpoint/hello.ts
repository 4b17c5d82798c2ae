/** `GET /hello`: whose service this is, and what time it is. The one unsigned request. */

import { sign } from "node:crypto";
import { encodeMap } from "../../../src/protocol/message-pack.js";
import { type Hello, helloSigned } from "../../../src/protocol/messages.js";
import { nonceLength } from "../../../src/protocol/signature.js";
import { type Answer, answerWith, refuseRequest, refuseUntilThere } from "./answer.js";
import type { Exchange } from "./exchange.js";
import { parseTarget } from "./incoming.js";

const noncePattern = new RegExp("^[A-Za-z0-9_-]{" + nonceLength + "}$");

export async function hello(exchange: Exchange): Promise<Answer> {
	const { core, time } = exchange;
	const query = new URLSearchParams(parseTarget(exchange.incoming.target).query);
	const nonces = query.getAll("nonce");
	const [nonce] = nonces;
	if (nonce === undefined || nonces.length > 1 || !noncePattern.test(nonce)) {
		return refuseRequest(400, "Ask with a nonce: GET /hello?nonce=<22 letters of base64url>");
	}
	const doubt = core.clockDoubt();
	if (doubt !== undefined) {
		core.log({ kind: "fault", during: "GET /hello", error: doubt });
		return refuseUntilThere();
	}
	const authority = core.authorities.named(query.get("authority") ?? undefined);
	const server = await core.serverCredentialBy(authority);
	const content: Hello = {
		nonce,
		time,
		authority: authority.credential.certificate,
		certificate: server.certificate,
	};
	const body = encodeMap({ ...content });
	const key = { key: server.privateKey, dsaEncoding: "ieee-p1363" } as const;
	return answerWith({ body, signature: Uint8Array.from(sign("sha256", helloSigned(body), key)) });
}
