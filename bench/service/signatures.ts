/** What the two signature operations of a request cost: node:crypto and nothing else. */

import { generateKeyPairSync, sign, verify } from "node:crypto";

const rounds = 3_000;
/** As long as what a poll's signature covers. */
const text = Buffer.alloc(300, "x");

export interface SignatureCosts {
	readonly verifyMicroseconds: number;
	readonly signMicroseconds: number;
}

export function measureSignatures(): SignatureCosts {
	const { privateKey, publicKey } = generateKeyPairSync("ec", { namedCurve: "prime256v1" });
	const dsaEncoding = "ieee-p1363";
	const signature = sign("sha256", text, { key: privateKey, dsaEncoding });
	const verifying = { key: publicKey, dsaEncoding } as const;
	const signing = { key: privateKey, dsaEncoding } as const;
	return {
		verifyMicroseconds: microsecondsOf(() => verify("sha256", text, verifying, signature)),
		signMicroseconds: microsecondsOf(() => sign("sha256", text, signing)),
	};
}

function microsecondsOf(operation: () => unknown): number {
	for (let round = 0; round < rounds / 10; round++) operation();
	const before = process.cpuUsage();
	for (let round = 0; round < rounds; round++) operation();
	const { user, system } = process.cpuUsage(before);
	return (user + system) / rounds;
}
