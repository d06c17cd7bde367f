//! Lighthouse from the folder that has it.

export { default as lighthouse, desktopConfig } from 'lighthouse';
