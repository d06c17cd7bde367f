//! The HTML document around every page.

use leptos::prelude::*;
use leptos_meta::MetaTags;

use crate::{
    App, api,
    components::{Below, Diagnostics, SiteFooter, SiteHeader},
};

/// The document of `options`' site; scripts carry the nonce of the response where there is one.
pub fn shell(options: LeptosOptions) -> impl IntoView {
    let path = api::path_of_request();
    view! {
        <!DOCTYPE html>
        <html lang="en">
            <head>
                <Head />
                <HydrationScripts options />
                <MetaTags />
            </head>
            <body>
                <Frame path=path below=Below::Program>
                    <div id="app">
                        <App />
                    </div>
                </Frame>
            </body>
        </html>
    }
}

/// The document that a browser keeps for when there is no server: the same program, and nothing rendered.
pub fn kept(options: LeptosOptions) -> impl IntoView {
    view! {
        <!DOCTYPE html>
        <html lang="en" data-kept="">
            <head>
                <Head />
                <title>"Twinlight"</title>
                <HydrationScripts options />
            </head>
            <body>
                <Frame path=String::new() below=Below::Program>
                    <div id="app"></div>
                </Frame>
            </body>
        </html>
    }
}

/// A page of mere words, which needs no script; `path` is where it stands, `words` what was searched for.
pub fn plain(title: &str, path: &str, words: &str, content: String) -> String {
    let owner = Owner::new();
    let title = format!("{title} \u{b7} Twinlight");
    let (path, words) = (path.to_string(), words.to_string());
    let page = owner.with(move || {
        view! {
            <html lang="en">
                <head>
                    <Head />
                    <link rel="stylesheet" href="/pkg/words.css" />
                    <title>{title}</title>
                </head>
                <body>
                    <Frame path below=Below::Words words>
                        <main id="main" class="page" inner_html=content></main>
                    </Frame>
                </body>
            </html>
        }
        .to_html()
    });
    format!("<!DOCTYPE html>{page}")
}

/// What stands around every page. It is no part of the program, which a browser has to load.
#[component]
fn Frame(path: String, below: Below, #[prop(optional)] words: String, children: Children) -> impl IntoView {
    // Where all of a page is done by a script.
    let needs_scripts = match path.rsplit('/').next() {
        Some("replay") => "A replay runs in the browser and needs scripts, which this one does not run. ",
        Some("calibration") => {
            "A calibration is looked for in the browser and needs scripts, which this one does not run. "
        }
        _ => "",
    };
    view! {
        <a class="skip-link" href="#main">
            "Skip to content"
        </a>
        <SiteHeader path below words />
        {(below == Below::Program).then(|| view! {
            <noscript>
                <p class="notice">
                    {match needs_scripts {
                        "" => "Without scripts this page shows the plant as it stood when it was loaded, and leaves out its buttons \
                               and sliders. ",
                        words => words,
                    }}
                    "Key figures and histories need none."
                </p>
            </noscript>
        })}
        {children()}
        <SiteFooter />
        {(below == Below::Program).then(|| view! { <Diagnostics /> })}
    }
}

#[component]
fn Head() -> impl IntoView {
    view! {
        <meta charset="utf-8" />
        <meta name="viewport" content="width=device-width, initial-scale=1" />
        <meta name="color-scheme" content="light dark" />
        <meta name="description" content="Digital twins of a plant, followed and predicted in the browser." />
        <link rel="icon" type="image/svg+xml" href="/favicon.svg?v=2" />
        <link rel="apple-touch-icon" href="/icon-192.png?v=1" />
        <link rel="manifest" href="/manifest.webmanifest" />
        <link rel="stylesheet" href="/pkg/twinlight.css" />
    }
}
