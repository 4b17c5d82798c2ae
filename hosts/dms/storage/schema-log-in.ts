/** The table of log-ins that failed. */

export interface LogInAttemptRow {
	/** An account, an address, or both: see `log-in-limits.ts`. */
	key: string;
	failures: number;
	/** When the last attempt began. */
	at: number;
}
