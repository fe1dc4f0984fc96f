// How the next arena is set up: its members, by a ready question or by hand, and its number of seeds.

import { type Member, MOST_MEMBERS, QUESTIONS } from "../../arena/questions.ts";
import type { Config } from "../../model/config.ts";
import type { ArenaSetup, ArenaStore } from "./arenaState.ts";
import { noteSetup } from "./lastSetup.ts";

export interface SetupVerbs {
  /** Makes the members that answer a ready question, out of a configuration. */
  ask(question: string, config: Config): void;
  /** Adds a configuration to the members. */
  add(config: Config): void;
  rename(member: number, name: string): void;
  remove(member: number): void;
  /** Adds a copy of a member; from now on the settings change that copy. Returns the configuration to settle on. */
  fork(member: number): Config;
  /** From now on the settings change this member; null: none. */
  edit(member: number | null): void;
  /** The settings have become `config`. */
  settingsChanged(config: Config): void;
  /** Replaces members and seeds, as a link brings them. */
  setUp(members: Member[], seeds: number): void;
  chooseSeeds(seeds: number): void;
  /** Makes the members and the number of seeds of the arena on show those of the next one. */
  takeMembers(): void;
}

/** Changes the setup in `store`, which the next visit finds as it was left. */
export function createSetupVerbs(store: ArenaStore): SetupVerbs {
  const { setState: set, getState: get } = store;
  store.subscribe(({ setup }, before) => {
    if (setup !== before.setup) noteSetup(setup);
  });

  function change(to: Partial<ArenaSetup>): void {
    set(({ setup }) => ({ setup: { ...setup, ...to } }));
  }
  function setUp(members: Member[], seeds: number): void {
    change({ question: null, problem: null, edited: null, members, seeds });
  }

  return {
    ask(id, config) {
      const question = QUESTIONS.find((candidate) => candidate.id === id)!;
      const members = question.members(config);
      const found = members.ok
        ? { members: members.value, problem: null }
        : { members: [], problem: members.problem };
      change({ question: id, edited: null, ...found });
    },
    add(config) {
      const { members } = get().setup;
      if (members.length >= MOST_MEMBERS) return;
      const taken = new Set(members.map(({ name }) => name));
      const name = [..."ABCDEFGHIJKL"].find((letter) => !taken.has(letter))!;
      change({ question: null, problem: null, edited: null, members: [...members, { name, config }] });
    },
    fork(index) {
      const { members } = get().setup;
      const forked = members[index]!;
      const taken = new Set(members.map(({ name }) => name));
      let number = 2;
      while (taken.has(`${forked.name} ${number}`)) number++;
      const copy = { ...forked, name: `${forked.name} ${number}` };
      change({ question: null, members: members.toSpliced(index + 1, 0, copy), edited: index + 1 });
      return forked.config;
    },
    edit: (edited) => change({ edited }),
    settingsChanged(config) {
      const { members, edited } = get().setup;
      const member = edited === null ? undefined : members[edited];
      if (member) change({ question: null, members: members.with(edited!, { ...member, config }) });
    },
    setUp,
    rename(member, name) {
      const { members } = get().setup;
      change({ members: members.with(member, { ...members[member]!, name }) });
    },
    remove(member) {
      change({ question: null, edited: null, members: get().setup.members.toSpliced(member, 1) });
    },
    chooseSeeds: (seeds) => change({ seeds }),
    takeMembers() {
      const { arena } = get();
      if (arena) setUp(arena.members, arena.seeds.length);
    },
  };
}
