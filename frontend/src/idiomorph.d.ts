declare module "idiomorph" {
  interface Callbacks {
    beforeNodeMorphed?(old: Node, fresh: Node): boolean | void;
    beforeAttributeUpdated?(name: string, node: Element, type: "update" | "remove"): boolean | void;
  }
  interface Options {
    morphStyle?: "outerHTML" | "innerHTML";
    ignoreActiveValue?: boolean;
    restoreFocus?: boolean;
    callbacks?: Callbacks;
  }
  export const Idiomorph: { morph(old: Element, fresh: Element | string, options?: Options): void };
}
