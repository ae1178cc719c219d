using System.Globalization;
using BuildData.AspNetCore.Access;
using BuildData.AspNetCore.Answers;
using BuildData.AspNetCore.Dashboard.Live;
using BuildData.AspNetCore.Dashboard.Pages;
using BuildData.AspNetCore.Diagnostics;
using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Timeouts;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;

namespace BuildData.AspNetCore.Dashboard.Web;

/// <summary>Adds the endpoints of the dashboard to a group of endpoints: pages, data, assets and, if the host program allows it, control.</summary>
internal sealed class DashboardRoutes
{
    private static readonly string[] Read = [HttpMethods.Get, HttpMethods.Head];

    private readonly BuildDataDashboardOptions _options;
    private readonly string _mapping;
    private readonly Lock _lock = new();
    private Served? _served;

    /// <summary>Creates the routes.</summary>
    /// <param name="options">The options of the mapping.</param>
    /// <param name="mapping">The method that the host program has called, for messages.</param>
    public DashboardRoutes(BuildDataDashboardOptions options, string mapping)
    {
        _options = options;
        _mapping = mapping;
    }

    /// <summary>Gets the pages that somebody views; null before the first request.</summary>
    public LivePages? LivePages => _served?.Pages;

    public void Map(IEndpointRouteBuilder group)
    {
        MapPage(group, "", "home", depth: 0);
        MapPage(group, "queue", "queue", depth: 1);
        MapPage(group, "builders/{builder}", "builder", depth: 2);
        MapPage(group, "builders/{builder}/builds/{number}", "build", depth: 4);

        MapData(group, "data/steps/{step:long}/log", WriteLog).WithMetadata(new DisableRequestTimeoutAttribute());
        MapData(group, "data/logs/{log:long}/raw", WriteRawLog);
        group.MapMethods("assets/{hash}/{file}", Read, Protect(DashboardAssets.Instance.Write, ApiErrorOf)).ExcludeFromDescription();

        if (!_options.AllowControl)
            return;
        IEndpointConventionBuilder control = group
            .MapMethods("control/{action}", [HttpMethods.Post], Protect(ApiExceptions.Handle(context => DashboardControl.Post(context, Find(context).Reader.Data)), ApiErrorOf))
            .ExcludeFromDescription();
        if (_options.ControlPolicy is { } policy)
            control.RequireAuthorization(policy);
    }

    private void MapPage(IEndpointRouteBuilder group, string pattern, string kind, int depth)
    {
        group.MapMethods(pattern, Read, Protect(context => WritePage(context, kind, depth), PageShell.WriteRefusal)).WithMetadata(new RestRoute(depth)).ExcludeFromDescription();
        string data = depth == 0 ? "data/home" : $"data/{pattern}";
        MapData(group, data, context => WriteData(context, kind)).WithMetadata(new RestRoute(depth)).WithMetadata(new DisableRequestTimeoutAttribute());
    }

    private IEndpointConventionBuilder MapData(IEndpointRouteBuilder group, string pattern, RequestDelegate get) =>
        group.MapMethods(pattern, Read, Protect(ApiExceptions.Handle(get), ApiErrorOf)).ExcludeFromDescription();

    private RequestDelegate Protect(RequestDelegate next, Func<HttpContext, string, Task> refuse) => AccessGuard.Protect(next, _mapping, refuse);

    private static Task ApiErrorOf(HttpContext context, string reason) => ApiError.Write(context, StatusCodes.Status403Forbidden, reason);

    private async Task WritePage(HttpContext context, string kind, int depth)
    {
        if (DashboardTarget.FindRedirect(context, isFolder: depth == 0) is { } address)
        {
            // The address is relative, so it is right behind a proxy that has removed a part of the path.
            context.Response.StatusCode = StatusCodes.Status308PermanentRedirect;
            context.Response.Headers.Location = address;
            return;
        }

        string root = depth <= 1 ? "./" : string.Concat(Enumerable.Repeat("../", depth - 1));
        var shell = new PageShell.Shell(kind, _options.Title, kind == "queue" ? "Queue" : "", root, "", AllowsControl: false);
        try
        {
            if (await FindPage(context, kind).ConfigureAwait(false) is not { } page)
                throw new ApiException(StatusCodes.Status404NotFound, kind == "builder" ? "There is no such builder." : "There is no such build.");
            string source = depth == 0 ? "data/home" : "data" + RestTarget.Find(context);
            await PageShell.Write(context, shell with { Heading = page.Heading, Source = root + source, AllowsControl = await AllowsControl(context).ConfigureAwait(false) }).ConfigureAwait(false);
        }
        catch (OperationCanceledException) when (context.RequestAborted.IsCancellationRequested)
        {
            // The client has gone.
        }
        catch (Exception e) when (ApiExceptions.Describe(e) is not null && !context.Response.HasStarted)
        {
            (int status, string message) = ApiExceptions.Describe(e)!.Value;
            if (status >= StatusCodes.Status500InternalServerError)
                ApiLog.For(context).RequestFailed(e, context.Request.Method, context.Request.Path);
            context.Response.StatusCode = status;
            await PageShell.WriteMessage(context, shell with { Heading = status == StatusCodes.Status404NotFound ? "Not found" : "Not available" }, message).ConfigureAwait(false);
        }
    }

    private async Task WriteData(HttpContext context, string kind)
    {
        Served served = Find(context);
        if (await FindPage(context, kind).ConfigureAwait(false) is not { } found)
            throw new ApiException(StatusCodes.Status404NotFound, "This does not exist.");

        Task written = PageStream.IsAskedFor(context.Request)
            ? PageStream.WriteStates(context, found.Page, served.Pages, served.Clock, Stopping(context))
            : PageStream.WriteState(context, found.Page, served.Reader, served.Clock);
        await written.ConfigureAwait(false);
    }

    private Task WriteLog(HttpContext context)
    {
        Served served = Find(context);
        string? slug = context.Request.Query["log"] is [{ Length: > 0 } text] ? text : null;
        return HttpMethods.IsHead(context.Request.Method)
            ? Task.CompletedTask
            : LogStream.Write(context, served.Reader.Data, LongOf(context, "step"), slug, served.Clock, Stopping(context));
    }

    private async Task WriteRawLog(HttpContext context)
    {
        using RawLogStream text = await Find(context).Reader.Data.Logs.OpenRaw(LongOf(context, "log"), cancellationToken: context.RequestAborted).ConfigureAwait(false);

        // A log is text of a program that a build has run, so it is never a page of this site.
        context.Response.ContentType = "text/plain; charset=utf-8";
        context.Response.Headers.XContentTypeOptions = "nosniff";
        context.Response.Headers.ContentSecurityPolicy = "sandbox; default-src 'none'";
        if (!HttpMethods.IsHead(context.Request.Method))
            await text.CopyToAsync(context.Response.Body, context.RequestAborted).ConfigureAwait(false);
    }

    /// <summary>Finds the page that a request asks for.</summary>
    private async Task<(DashboardPage Page, string Heading)?> FindPage(HttpContext context, string kind)
    {
        switch (kind)
        {
            case "home":
                return (new HomePage(), "");
            case "queue":
                return (new QueuePage(), "Queue");
        }

        DataApi data = Find(context).Reader.Data;
        Query query = DataApi.ParsePath(DashboardTarget.FindPath(context)).Query;
        return query switch
        {
            BuilderByRef byRef when await data.Get(byRef, cancellationToken: context.RequestAborted).ConfigureAwait(false) is { } builder =>
                (new BuilderPage(builder.BuilderId, ReadBefore(context.Request)), builder.Name),
            BuildByRef byRef when await data.Get(byRef, cancellationToken: context.RequestAborted).ConfigureAwait(false) is { } build =>
                (new BuildPage(build.BuildId), $"{build.BuilderName} #{build.Number}"),
            _ => null,
        };
    }

    private static long? ReadBefore(HttpRequest request) =>
        long.TryParse(request.Query["before"].ToString(), NumberStyles.None, CultureInfo.InvariantCulture, out long number) ? number : null;

    private async Task<bool> AllowsControl(HttpContext context)
    {
        if (!_options.AllowControl || _options.ControlPolicy is not { } policy)
            return _options.AllowControl;
        return context.RequestServices.GetService<IAuthorizationService>() is { } authorization
            && (await authorization.AuthorizeAsync(context.User, policy).ConfigureAwait(false)).Succeeded;
    }

    // The constraint of the route accepts blanks and signs too.
    private static long LongOf(HttpContext context, string name) => long.Parse((string)context.Request.RouteValues[name]!, NumberStyles.Integer, CultureInfo.InvariantCulture);

    private static CancellationToken Stopping(HttpContext context) => context.RequestServices.GetService<IHostApplicationLifetime>()?.ApplicationStopping ?? default;

    private Served Find(HttpContext context)
    {
        lock (_lock)
            return _served ??= Served.Create(context.RequestServices, _options.ServiceKey);
    }

    /// <summary>What all requests share.</summary>
    private sealed record Served(DashboardReader Reader, LivePages Pages, TimeProvider Clock)
    {
        public static Served Create(IServiceProvider services, object? key)
        {
            TimeProvider clock = services.GetService<TimeProvider>() ?? TimeProvider.System;
            var reader = new DashboardReader(MasterFinder.Find(services, key).Data, clock);
            return new Served(reader, new LivePages(reader, clock, ApiLog.From(services)), clock);
        }
    }
}
