/**
 * Turns of the event loop, shared: whoever is woken gets a turn after what woke it has ended. One turn for all, because
 * a message may wake thousands.
 */
export interface Turn {
  /** Must not throw. */
  takeTurn(): void;
}

export class TurnQueue {
  #turns: Turn[] = [];

  add(turn: Turn): void {
    this.#turns.push(turn);
    if (this.#turns.length === 1) queueMicrotask(this.#run);
  }

  readonly #run = (): void => {
    const turns = this.#turns;
    this.#turns = [];
    for (const turn of turns) turn.takeTurn();
  };
}
