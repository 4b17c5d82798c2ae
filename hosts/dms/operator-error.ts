/** What an operator asked for and can't have: one sentence that says what to do. */

export type OperatorRule =
	| "name"
	| "address"
	| "limit"
	| "usage"
	| "service-unknown"
	| "service-exists"
	| "user-exists"
	| "user-unknown"
	| "user-owns"
	| "user-other"
	| "admin-last"
	| "log-in"
	| "role"
	| "oidc"
	| "log-in-wait"
	| "password"
	| "invite-unknown"
	| "session-unknown"
	| "busy"
	| "changed"
	| "idempotency-key"
	| "idempotency-reused"
	| "idempotency-underway"
	| "idempotency-lost"
	| "product-exists"
	| "product-unknown"
	| "product-access"
	| "product-used"
	| "share-unknown"
	| "token-unknown"
	| "device-unknown"
	| "device-revoked"
	| "certificate-unknown"
	| "api-token-exists"
	| "api-token-unknown"
	| "uuid"
	| "uuid-taken"
	| "authority"
	| "database"
	| "clock"
	| "key"
	| "bundle"
	| "bundle-unknown"
	| "tag-unknown"
	| "backup"
	| "port"
	| "console"
	| "batch-exists"
	| "batch-unknown"
	| "batch-closed"
	| "batch-used"
	| "board-exists"
	| "board-unknown"
	| "board-unfinished"
	| "board-platform"
	| "device"
	| "program";

export class OperatorError extends Error {
	readonly rule: OperatorRule;

	constructor(rule: OperatorRule, message: string) {
		super(message);
		this.rule = rule;
	}
}

/** What another process has said of its failure: a service elsewhere, a worker. */
export class RemoteError extends Error {
	readonly rule: string;

	constructor(rule: string, message: string) {
		super(message);
		this.rule = rule;
	}
}
