/** One step on the page: what it says, what it asks for, and Again after a failure. */

import { sentenceOf } from "./setup-error.js";

export class Step {
	readonly #item: HTMLElement;

	constructor(name: string) {
		this.#item = find(document, "#step-" + name, HTMLElement);
	}

	/** Does the step's work as often as it takes; `work` resolves with what has been done. */
	async until(work: () => Promise<string>): Promise<void> {
		this.#item.dataset["state"] = "now";
		this.#item.scrollIntoView({ block: "nearest" });
		for (;;) {
			this.tell("Working ...");
			try {
				this.tell(await work());
				this.#item.dataset["state"] = "done";
				this.hideFields();
				return;
			} catch (error) {
				await this.#failed(sentenceOf(error));
			}
		}
	}

	tell(text: string): void {
		find(this.#item, ".told", HTMLElement).textContent = text;
	}

	/** How much of it is done, from 0 to 1. */
	showProgress(share: number): void {
		const bar = find(this.#item, "progress", HTMLProgressElement);
		bar.hidden = false;
		bar.value = share;
	}

	/** Shows the step's fields, and resolves when the person has sent them. */
	async asked(told: string): Promise<void> {
		const form = find(this.#item, "form", HTMLFormElement);
		form.hidden = false;
		this.tell(told);
		form.querySelector<HTMLElement>("input, button")?.focus();
		await new Promise<void>((resolve) => {
			form.onsubmit = (event) => {
				event.preventDefault();
				resolve();
			};
		});
		this.hideFields();
		this.tell("Working ...");
	}

	/** What is in a field. */
	field(name: string): HTMLInputElement {
		return find(this.#item, `input[name=${name}]`, HTMLInputElement);
	}

	/** What somebody chooses from in a field. */
	offer(texts: readonly string[]): void {
		const options = texts.map((value) =>
			Object.assign(document.createElement("option"), { value }),
		);
		find(this.#item, "datalist", HTMLDataListElement).replaceChildren(...options);
	}

	hideFields(): void {
		for (const part of this.#item.querySelectorAll<HTMLElement>("form, progress")) {
			part.hidden = true;
		}
	}

	async #failed(sentence: string): Promise<void> {
		this.hideFields();
		this.tell("");
		const problem = find(this.#item, "[role=alert]", HTMLElement);
		const again = find(this.#item, "button.again", HTMLButtonElement);
		problem.textContent = sentence;
		problem.hidden = again.hidden = false;
		again.focus();
		await pressed(again);
		problem.textContent = "";
		problem.hidden = again.hidden = true;
	}
}

export function pressed(button: HTMLButtonElement): Promise<unknown> {
	return new Promise((resolve) => button.addEventListener("click", resolve, { once: true }));
}

/** An element that is there because the service has put it there. */
export function find<T extends Element>(
	within: ParentNode,
	selector: string,
	type: new () => T,
): T {
	const element = within.querySelector(selector);
	if (element instanceof type) return element;
	throw new Error("the page has no " + selector);
}
