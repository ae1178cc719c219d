using BuildData.AspNetCore.Access;
using BuildData.AspNetCore.Answers;
using BuildData.AspNetCore.Badges;
using BuildData.AspNetCore.Control;
using BuildData.AspNetCore.Diagnostics;
using BuildData.AspNetCore.Live;
using BuildData.AspNetCore.Rest;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.ResponseCompression;
using Microsoft.AspNetCore.Routing;
using MsOptions = Microsoft.Extensions.Options.Options;

namespace BuildData.AspNetCore.Routes;

/// <summary>Adds the endpoints of the HTTP interface to a group of endpoints.</summary>
internal sealed class ApiRoutes
{
    private static readonly string[] Read = [HttpMethods.Get, HttpMethods.Head];
    private static readonly string[] ReadOnce = [HttpMethods.Get];

    private readonly BuildDataApiOptions _options;
    private readonly string _mapping;
    private readonly RestReader _reader;
    private readonly ControlHandler _control;
    private readonly Lock _lock = new();
    private EventPump? _pump;

    /// <summary>Creates the routes.</summary>
    /// <param name="options">The options of the mapping.</param>
    /// <param name="mapping">The method that the host program has called, for messages.</param>
    public ApiRoutes(BuildDataApiOptions options, string mapping)
    {
        _options = options;
        _mapping = mapping;
        var forceSchedulers = new ForceSchedulers(options.ForceSchedulers);
        _reader = new RestReader(options, forceSchedulers);
        _control = new ControlHandler(options, forceSchedulers);
    }

    /// <summary>Adds the endpoints of the data, and of the control of builds.</summary>
    public void MapData(IEndpointRouteBuilder group)
    {
        RequestDelegate get = Protect(Compress(_reader.Get, group.ServiceProvider));

        // Each form of paths has a route, so that it has a name in metrics and a place in the OpenAPI document. The last route takes the rest, and HEAD.
        foreach (RestForm form in RestForm.All)
            group.MapMethods(form.Pattern, ReadOnce, get).WithMetadata(new RestRoute(form.Segments)).WithMetadata([.. form.Describe()]);
        group.MapMethods("{**path}", Read, get).WithMetadata(new RestRoute(1)).ExcludeFromDescription();

        IEndpointConventionBuilder post = group.MapMethods("{**path}", [HttpMethods.Post], Protect(_control.Post)).WithMetadata(new RestRoute(1)).ExcludeFromDescription();
        if (_options.ControlPolicy is { } policy)
            post.RequireAuthorization(policy);
    }

    /// <summary>Adds the endpoint of WebSockets.</summary>
    public void MapSockets(IEndpointRouteBuilder group, string pattern) =>
        group.MapMethods(pattern, [HttpMethods.Get, HttpMethods.Connect], Protect(new EventSocketHandler(FindPump).CreateDelegate())).ExcludeFromDescription();

    /// <summary>Adds the endpoint of server-sent events.</summary>
    public void MapStreams(IEndpointRouteBuilder group, string pattern) =>
        group.MapMethods(pattern, ReadOnce, Protect(context => SseStream.Get(context, FindData(context)))).WithMetadata([.. RestForm.DescribeStream()]);

    /// <summary>Adds the endpoint of badges.</summary>
    public void MapBadges(IEndpointRouteBuilder group) =>
        group.MapMethods("badges/{file}", Read, Protect(context => Badge.Get(context, FindData(context)))).ExcludeFromDescription();

    /// <summary>Adds an endpoint that reads.</summary>
    public void MapPage(IEndpointRouteBuilder group, string pattern, RequestDelegate get) => group.MapMethods(pattern, Read, Protect(get));

    private RequestDelegate Protect(RequestDelegate next) =>
        AccessGuard.Protect(ApiExceptions.Handle(next), _mapping, static (context, reason) => ApiError.Write(context, StatusCodes.Status403Forbidden, reason));

    private RequestDelegate Compress(RequestDelegate next, IServiceProvider services)
    {
        // One line must be enough, so the program need not call UseResponseCompression.
        var options = new ResponseCompressionOptions { EnableForHttps = _options.CompressHttps };
        return new ResponseCompressionMiddleware(next, new ResponseCompressionProvider(services, MsOptions.Create(options))).Invoke;
    }

    private DataApi FindData(HttpContext context) => MasterFinder.Find(context.RequestServices, _options.ServiceKey).Data;

    private EventPump FindPump(IServiceProvider services)
    {
        lock (_lock)
        {
            return _pump ??= new EventPump(
                MasterFinder.Find(services, _options.ServiceKey), TimeProvider.System, ApiLog.From(services));
        }
    }
}
