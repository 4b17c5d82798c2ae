/** ECMA-419 resolver, and echo requests, over the board's radio. */

import type { Ping, PingOptions, Resolver } from "../../../src/host.js";
import { type BoardOptions, type Link, linkOf, numberFrom, type Receiver } from "./link.js";
import { textFrom, type Value } from "./link.js";

/** Questions under way have a number each; the board's answers name it. */
class Question implements Receiver {
	private readonly link: Link;
	private readonly name: string;
	private readonly onAnswer: (answer: Value) => void;
	private readonly onError: () => void;

	constructor(
		link: Link,
		operation: string,
		parameter: string,
		onAnswer: (answer: Value) => void,
		onError: () => void,
	) {
		this.link = link;
		this.name = "internet." + numberFrom(link.call(operation, parameter));
		this.onAnswer = onAnswer;
		this.onError = onError;
		link.mailbox.open(this.name, this);
	}

	receive(event: Value, answer: Value): void {
		this.close();
		if (event === "error") this.onError();
		else this.onAnswer(answer);
	}

	close(): void {
		this.link.mailbox.close(this.name);
	}
}

export class BoardResolver implements Resolver {
	private readonly link: Link;
	private questions: Question[] = [];

	constructor(options: BoardOptions) {
		this.link = linkOf(options);
	}

	resolve({ host, onResolved, onError }: Parameters<Resolver["resolve"]>[0]): void {
		const onAnswer = (address: Value): void => onResolved(host, textFrom(address) ?? "");
		this.questions.push(new Question(this.link, "internet.resolve", host, onAnswer, onError));
	}

	close(): void {
		for (const question of this.questions) question.close();
		this.questions = [];
	}
}

export class BoardPing implements Ping {
	private readonly question: Question;

	constructor(options: PingOptions & BoardOptions) {
		const { address, onReply, onError } = options;
		const onAnswer = (milliseconds: Value): void => onReply(numberFrom(milliseconds));
		this.question = new Question(linkOf(options), "internet.ping", address, onAnswer, onError);
	}

	close(): void {
		this.question.close();
	}
}
