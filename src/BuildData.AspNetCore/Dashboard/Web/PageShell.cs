using System.Text;
using System.Text.Encodings.Web;
using Microsoft.AspNetCore.Http;

namespace BuildData.AspNetCore.Dashboard.Web;

/// <summary>Writes the HTML of pages. It has no data of builds; the scripts read it. All addresses are relative.</summary>
internal static class PageShell
{
    // Trusted types also forbid the scripts of the dashboard to turn text into elements.
    private const string Policy =
        "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; base-uri 'none'; form-action 'none'; "
        + "frame-ancestors 'none'; require-trusted-types-for 'script'; trusted-types 'none'";

    /// <summary>Writes a page that the scripts fill.</summary>
    /// <param name="context">The request.</param>
    /// <param name="shell">What the page needs.</param>
    public static Task Write(HttpContext context, Shell shell)
    {
        string body = $"""<p class="loading" role="status">Loading …</p><noscript><p class="loading">This page needs JavaScript.</p></noscript>""";
        return WriteHtml(context, shell, body);
    }

    /// <summary>Writes a page that only has a message.</summary>
    public static Task WriteMessage(HttpContext context, Shell shell, string message) =>
        WriteHtml(context, shell with { Page = "message" }, $"""<div class="message"><h1>{Encode(shell.Heading)}</h1><p>{Encode(message)}</p></div>""");

    /// <summary>Writes a refusal. It uses no assets, because these are refused too.</summary>
    public static Task WriteRefusal(HttpContext context, string reason) => Send(
        context,
        $"""<!doctype html><html lang="en"><head><meta charset="utf-8"><title>No access</title></head><body><h1>No access</h1><p>{Encode(reason)}</p></body></html>""");

    private static Task WriteHtml(HttpContext context, Shell shell, string body)
    {
        string root = Encode(shell.Root);
        string assets = $"{root}assets/{DashboardAssets.Instance.Hash}/";
        string heading = shell.Heading.Length == 0 ? Encode(shell.Title) : $"{Encode(shell.Heading)} · {Encode(shell.Title)}";
        return Send(context, $"""
            <!doctype html>
            <html lang="en">
            <head>
            <meta charset="utf-8">
            <meta name="viewport" content="width=device-width, initial-scale=1">
            <meta name="color-scheme" content="light dark">
            <title>{heading}</title>
            <link rel="icon" href="{assets}icon.svg" type="image/svg+xml">
            <link rel="stylesheet" href="{assets}app.css">
            <script src="{assets}theme.js"></script>
            <script type="module" src="{assets}app.js"></script>
            </head>
            <body data-page="{shell.Page}" data-root="{root}" data-source="{Encode(shell.Source)}" data-title="{Encode(shell.Title)}"{(shell.AllowsControl ? " data-control" : "")}>
            <a class="skip" href="#main">Skip to the content</a>
            <header>
            <a class="brand" href="{root}"><img src="{assets}icon.svg" alt="" width="20" height="20">{Encode(shell.Title)}</a>
            <nav aria-label="Pages"><a href="{root}"{Current(shell.Page, "home")}>Overview</a><a href="{root}queue"{Current(shell.Page, "queue")}>Queue</a></nav>
            <span id="connection" role="status"></span>
            <button id="theme" type="button"></button>
            </header>
            <main id="main" tabindex="-1">{body}</main>
            </body>
            </html>
            """);
    }

    private static string Current(string page, string link) => page == link ? " aria-current=\"page\"" : "";

    private static Task Send(HttpContext context, string html)
    {
        HttpResponse response = context.Response;
        byte[] content = Encoding.UTF8.GetBytes(html);
        response.ContentType = "text/html; charset=utf-8";
        response.ContentLength = content.Length;
        response.Headers.ContentSecurityPolicy = Policy;
        response.Headers.XContentTypeOptions = "nosniff";
        response.Headers.XFrameOptions = "DENY";
        response.Headers["Referrer-Policy"] = "no-referrer";
        response.Headers.CacheControl = "no-store";
        return HttpMethods.IsHead(context.Request.Method) ? Task.CompletedTask : response.Body.WriteAsync(content, context.RequestAborted).AsTask();
    }

    private static string Encode(string text) => HtmlEncoder.Default.Encode(text);

    /// <summary>What a page needs.</summary>
    /// <param name="Page">The kind of the page, for the scripts.</param>
    /// <param name="Title">The title of the dashboard.</param>
    /// <param name="Heading">The heading of the page; empty for the first page.</param>
    /// <param name="Root">The relative address of the first page, such as <c>../</c>.</param>
    /// <param name="Source">The relative address of the data.</param>
    /// <param name="AllowsControl">Whether the user can stop, rebuild and cancel.</param>
    internal sealed record Shell(string Page, string Title, string Heading, string Root, string Source, bool AllowsControl);
}
