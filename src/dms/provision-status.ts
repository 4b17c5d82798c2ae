/** How far a device has come in getting its identity, in numbers that controllers read. */

/** `gos_dms_provision_status_t`, with its numbers. */
export const ProvisionStatus = Object.freeze({
	/** Not provisioned, and no token is held. */
	IncompleteAndNoToken: 0,
	/** Not provisioned; a token is held, and the key pair that goes with it. */
	IncompleteAndHaveToken: 1,
	/** Credentials are stored; the service has not heard that yet. */
	CompleteButNoAck: 2,
	Complete: 3,
} as const);

export type ProvisionStatus = (typeof ProvisionStatus)[keyof typeof ProvisionStatus];
