//! The HTML document around every page.

use leptos::prelude::*;
use leptos_meta::MetaTags;

use crate::App;

/// The document of `options`' site; scripts carry the nonce of the response where there is one.
pub fn shell(options: LeptosOptions) -> impl IntoView {
    let stylesheet = format!("/{}/{}.css", options.site_pkg_dir, options.output_name);
    view! {
        <!DOCTYPE html>
        <html lang="en">
            <head>
                <meta charset="utf-8" />
                <meta name="viewport" content="width=device-width, initial-scale=1" />
                <meta name="color-scheme" content="light dark" />
                <meta name="description" content="Digital twins of a plant, followed and predicted in the browser." />
                <link rel="icon" type="image/svg+xml" href="/favicon.svg?v=1" />
                <link rel="stylesheet" href=stylesheet />
                <HydrationScripts options />
                <MetaTags />
            </head>
            <body>
                <App />
            </body>
        </html>
    }
}
