/** `opendms cert`: the CA that devices trust, and certificates for machines before the service. */

import { closeSync, openSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { Command } from "commander";
import type { AuthorityOverview } from "../administration/authorities.js";
import {
	type AuthorityCertificate,
	type IssuedFiles,
	requireHostNames,
} from "../administration/certificates.js";
import { OperatorError } from "../operator-error.js";
import { confirm, type ConfirmOptions, yesOption } from "./confirm.js";
import { report, reportHere } from "./report.js";
import type { Terminal } from "./terminal.js";
import { facts, timeText } from "./text.js";

export function addCertCommands(program: Command, terminal: Terminal): void {
	const cert = program.command("cert").description("the service's own certificates");

	cert
		.command("show")
		.description("show the CAs that devices trust, and how many are expected under each")
		.action((_options: object, command: Command) =>
			report(command, terminal, async (service) => {
				const first = await service.certificates.show();
				const authorities = await service.certificates.list();
				const text = authorities.map((one) => textOf(one, first)).join("\n\n");
				return { json: { ...first, authorities }, text };
			}),
		);

	addRevocationList(cert, terminal);

	addKeys(cert, terminal);

	cert
		.command("issue <name...>")
		.description("make a TLS key and certificate for a proxy in front of the service")
		.option("--out <folder>", "where <name>.key and <name>.crt go", ".")
		.action((names: string[], options: { readonly out: string }, command: Command) =>
			reportHere(command, terminal, async (service) => {
				requireHostNames(names);
				const path = join(options.out, names[0] ?? "");
				const [keyPath, certPath] = [path + ".key", path + ".crt"];
				const { expiresAt } = await intoNew(keyPath, certPath, async () =>
					service.certificates.issue(names),
				);
				const text = "Good until " + timeText(expiresAt) + ": " + keyPath + ", " + certPath;
				return { json: { key: keyPath, cert: certPath, expiresAt }, text };
			}),
		);
}

function textOf(one: AuthorityOverview, first: AuthorityCertificate): string {
	const { fingerprint, state, validFrom, expiresAt, devices, tokens, pem } = one;
	const { subject, problem } = first;
	const isFirst = fingerprint === first.fingerprint;
	const summary = facts({
		...{ subject, fingerprint, state },
		"valid from": timeText(validFrom),
		expires: timeText(expiresAt),
		expected: `${devices} devices, ${tokens} tokens`,
		...(isFirst && problem !== undefined && { problem }),
	});
	return summary + "\n" + pem.trimEnd();
}

interface RetireOptions extends ConfirmOptions {
	readonly forgetKey?: boolean;
}

function addKeys(cert: Command, terminal: Terminal): void {
	cert
		.command("next-authority")
		.description("make the CA that follows the present one: devices take it when they renew")
		.action((_options: object, command: Command) =>
			reportHere(command, terminal, async (service) => {
				const fingerprint = await service.certificates.addNext();
				const text = "The next CA: " + fingerprint + ". Now restart opendms serve, and back up.";
				return { json: { fingerprint }, text };
			}),
		);

	cert
		.command("retire <fingerprint>")
		.description("serve devices no more by an old CA, once none is expected under it")
		.option("--forget-key", "its key too is needed no more: nobody can sign with it then")
		.option(...yesOption)
		.action((named: string, { forgetKey = false }: RetireOptions, command: Command) =>
			reportHere(command, terminal, async (service) => {
				if (forgetKey)
					await confirm(command, terminal, "Its key is gone for good, but in backups.");
				const fingerprint = await service.certificates.retire(named);
				if (forgetKey) await service.certificates.forgetKey(fingerprint);
				const text = "Retired: " + fingerprint + ". Now restart opendms serve.";
				return { json: { fingerprint }, text };
			}),
		);

	cert
		.command("keys <folder>")
		.description("copy the keys of all CAs into a new folder, to keep elsewhere for a rebuild")
		.action((folder: string, _options: object, command: Command) =>
			reportHere(command, terminal, async (service) => {
				const names = await service.certificates.keepKeys(folder);
				const files = names.map((name) => name + ".key").join(", ");
				return { json: { folder, keys: names }, text: `${folder} has ${files}: keep it safe.` };
			}),
		);

	cert
		.command("encrypt-key")
		.description("keep the CA's key encrypted, by the passphrase in OPENDMS_CA_PASSPHRASE_FILE")
		.action((_options: object, command: Command) =>
			reportHere(command, terminal, async (service) => {
				await service.certificates.encryptKeys();
				const text = "The CA's key is encrypted. From now on all here needs the passphrase.";
				return { json: { encrypted: true }, text };
			}),
		);
}

function addRevocationList(cert: Command, terminal: Terminal): void {
	cert
		.command("crl [url]")
		.description("show the list of revoked certificates, or say where others find it: http://...")
		.option("--no-url", "certificates say no longer where it is")
		.action((url: string | undefined, options: { readonly url: boolean }, command: Command) =>
			report(command, terminal, async (service) => {
				if (url !== undefined || !options.url) await service.revocations.setUrl(url);
				const json = await service.revocations.show();
				const summary = facts({
					number: String(json.number),
					revoked: String(json.revoked),
					signed: timeText(json.signedAt),
					expires: timeText(json.expiresAt),
					"certificates say": json.url ?? "nothing of it",
				});
				return { json, text: summary + "\n" + json.pem.trimEnd() };
			}),
		);
}

/**
 * Writes what is issued into two new files. They are made first: nothing is issued that has no
 * place to go.
 */
async function intoNew(
	keyPath: string,
	certPath: string,
	issue: () => Promise<IssuedFiles>,
): Promise<IssuedFiles> {
	const made: string[] = [];
	try {
		made.push(makeNew(keyPath, 0o600));
		made.push(makeNew(certPath, 0o644));
		const issued = await issue();
		writeFileSync(keyPath, issued.key);
		writeFileSync(certPath, issued.cert);
		return issued;
	} catch (error) {
		made.forEach((path) => rmSync(path));
		throw error;
	}
}

/** A key that is in use somewhere is not to be lost by a command typed twice. */
function makeNew(path: string, mode: number): string {
	try {
		closeSync(openSync(path, "wx", mode));
		return path;
	} catch (error) {
		if (!(error instanceof Error && "code" in error && error.code === "EEXIST")) throw error;
		throw new OperatorError("usage", path + " exists. Move it away, or choose another --out.");
	}
}
