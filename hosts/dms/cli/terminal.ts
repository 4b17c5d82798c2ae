/** What the command line tool needs of the process that runs it. */

export interface Terminal {
	/** A line on standard output. */
	print(line: string): void;
	/** A line on standard error. */
	printError(line: string): void;
	readonly environment: { readonly [name: string]: string | undefined };
	/** Resolves when somebody asks the process to stop. */
	stopped(): Promise<void>;
}
