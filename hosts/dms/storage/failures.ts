/** Why a database does not do what it is asked: what both engines say of it, in sentences. */

import { closeSync, openSync } from "node:fs";

/**
 * `busy` passes in seconds. While the disk is full, or the database is `unavailable`, a person has
 * to do something.
 */
export type FailureKind = "busy" | "full" | "unavailable";

export interface DatabaseFailure {
	readonly kind: FailureKind;
	/** For the operator: what it is, and what to do. */
	readonly sentence: string;
}

/** What SQLite says when another process has the lock, it has no room, or it can't open a file. */
const sqliteBusy = 5;
const sqliteFull = 13;
const sqliteCantOpen = 14;
/** Where there is no room for what its processes share, beside the database: `SHMSIZE`. */
const sqliteNoRoom = 4874;
/** Its errors have more exact codes too, whose last byte is one of these. */
const primaryCodeMask = 0xff;

const busy: DatabaseFailure = {
	kind: "busy",
	sentence: "Another process keeps the database busy. Try again.",
};
const full: DatabaseFailure = {
	kind: "full",
	sentence: "The disk is full. Make room on it. Nothing is lost.",
};

const failed = (sentence: string): DatabaseFailure => ({ kind: "unavailable", sentence });

const away = failed("PostgreSQL can't be reached. Start it, or correct --database.");
const untrusted = failed(
	"PostgreSQL's certificate is not trusted. Name its CA in --database: sslrootcert=FILE",
);

const tooManyFiles = failed(
	"Too many files are open. Raise the limit: ulimit -n, or LimitNOFILE= of systemd.",
);
const elsewhere = failed(
	"PostgreSQL looks for the tables in another schema. Set search_path back to public.",
);

/**
 * By PostgreSQL's codes (its manual, appendix A), by those of Node's sockets and of TLS. Who has
 * the lock for too long, or commits at the same time, is busy; all else a person has to see to.
 */
const byCode: { readonly [code: string]: DatabaseFailure } = Object.freeze({
	"40001": busy,
	"40P01": busy,
	"55P03": busy,
	"53100": full,
	ENOSPC: full,
	"28P01": failed("PostgreSQL refuses the password. Correct it in --database or PGPASSWORD."),
	"28000": failed("PostgreSQL refuses the role. Correct --database, or let it in: pg_hba.conf."),
	"3D000": failed("PostgreSQL has no such database. Make it: createdb"),
	"42501": failed("PostgreSQL refuses the role what it has to do. Let it own the database."),
	"25006": failed(
		"PostgreSQL only reads here: it is a standby, or default_transaction_read_only is on. " +
			"Name the primary: --database",
	),
	"3F000": elsewhere,
	"42P01": elsewhere,
	"57014": failed("PostgreSQL gives its statements too little time: raise statement_timeout."),
	"57P04": failed("The database was dropped meanwhile. Restore it from a backup."),
	"57P05": away,
	"53300": failed("PostgreSQL has no connection left. Raise its max_connections."),
	"55000": failed("PostgreSQL lets nobody into this database: allow_connections is off."),
	"57P03": failed("PostgreSQL is starting, or stopping. Try again."),
	"57P01": away,
	"57P02": away,
	"25P03": away,
	"08000": away,
	"08001": away,
	"08003": away,
	"08006": away,
	EMFILE: tooManyFiles,
	ENFILE: tooManyFiles,
	ECONNREFUSED: away,
	ECONNRESET: away,
	EHOSTUNREACH: away,
	ENETUNREACH: away,
	ENOTFOUND: away,
	EAI_AGAIN: away,
	EPIPE: away,
	ETIMEDOUT: away,
	SELF_SIGNED_CERT_IN_CHAIN: untrusted,
	DEPTH_ZERO_SELF_SIGNED_CERT: untrusted,
	UNABLE_TO_VERIFY_LEAF_SIGNATURE: untrusted,
	UNABLE_TO_GET_ISSUER_CERT_LOCALLY: untrusted,
	ERR_TLS_CERT_ALTNAME_INVALID: untrusted,
});

/** What the driver says without a code: it has lost a connection, or got none in time. */
const lostConnection = /^Connection terminated|^timeout exceeded|not queryable|^Client was closed/;
const withoutTls = /^The server does not support SSL connections/;

/** `undefined` when an error is none of these, whatever else it is. */
export function databaseFailureOf(error: unknown): DatabaseFailure | undefined {
	if (!(error instanceof Error)) return undefined;
	const exact = "errcode" in error ? Number(error.errcode) : 0;
	const primary = exact & primaryCodeMask;
	if (primary === sqliteBusy) return busy;
	if (primary === sqliteFull || exact === sqliteNoRoom) return full;
	if (primary === sqliteCantOpen && !canOpen()) return tooManyFiles;
	const code = "code" in error ? String(error.code) : "";
	// A socket's file that isn't there; of other files it says which.
	if (code === "ENOENT" && "syscall" in error && error.syscall === "connect") return away;
	if (Object.hasOwn(byCode, code)) return byCode[code];
	if (withoutTls.test(error.message)) {
		return failed("PostgreSQL has no TLS. Switch it on (ssl = on), or take sslmode out.");
	}
	return lostConnection.test(error.message) ? away : undefined;
}

/** Whether one more file can be open: SQLite doesn't say why it can't. */
function canOpen(): boolean {
	try {
		closeSync(openSync(".", "r"));
		return true;
	} catch (error) {
		return !(error instanceof Error && "code" in error && error.code === "EMFILE");
	}
}

/** Whether an operation failed because somebody else kept the database locked. */
export function isBusy(error: unknown): boolean {
	return databaseFailureOf(error)?.kind === "busy";
}
