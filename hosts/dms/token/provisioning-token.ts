/** New provisioning tokens. The secret is in the text, which is shown once, and nowhere else. */

import { randomBytes } from "node:crypto";
import { keyId, tokenPrivateKey } from "../../../src/protocol/key.js";
import { formatToken, tokenSecretLength } from "../../../src/protocol/token.js";
import { publicPointOfScalar } from "../authority/credential.js";
import { sha256 } from "../digest.js";

export interface NewProvisioningToken {
	/** What is pasted into the device. */
	readonly text: string;
	/** The public half of the token key: all that the service keeps. */
	readonly publicKey: Uint8Array;
	/** Its name. */
	readonly keyId: string;
}

/** A token for the service at `address` whose CA has this fingerprint. */
export function createProvisioningToken(
	address: string,
	fingerprint: Uint8Array,
): NewProvisioningToken {
	const secret = Uint8Array.from(randomBytes(tokenSecretLength));
	const publicKey = publicPointOfScalar(tokenPrivateKey(secret, { sha256 }));
	return {
		text: formatToken({ address, secret, fingerprint }, { sha256 }),
		publicKey,
		keyId: keyId(publicKey, { sha256 }),
	};
}
