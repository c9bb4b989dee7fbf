// Trees for busy authors, and the order of what they write.
export { AuthorTrees, type AuthorTreesHost, NO_LINK } from './author-trees.ts'
export { BUSY, observe } from './busy.ts'
export type { Announced, TreeCounts, TreeHost } from './host.ts'
export { MAX_TREE_LINKS, type TreeOptions, treeDefaults } from './options.ts'
export { type AuthorTree, LOCAL, NO_SLOT } from './state.ts'
export { Trees } from './trees.ts'
