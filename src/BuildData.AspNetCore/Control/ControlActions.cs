using System.Collections.Frozen;
using System.Text.Json;
using Microsoft.AspNetCore.Http;

namespace BuildData.AspNetCore.Control;

/// <summary>Runs the methods of resources that the library itself has.</summary>
internal static class ControlActions
{
    private static readonly FrozenDictionary<(string Collection, string Method), Func<Call, Task<object?>>> BuiltIn =
        new Dictionary<(string, string), Func<Call, Task<object?>>>
        {
            [("builds", "stop")] = Stop,
            [("builds", "rebuild")] = Rebuild,
            [("buildrequests", "cancel")] = Cancel,
            [("buildsets", "cancel")] = CancelAll,
            [("workers", "pause")] = call => Pause(call, isPaused: true),
            [("workers", "unpause")] = call => Pause(call, isPaused: false),
            [("workers", "stop")] = StopWorker,
        }.ToFrozenDictionary();

    public static bool IsBuiltIn(string collection, string method) => BuiltIn.ContainsKey((collection, method));

    /// <summary>Runs a method.</summary>
    /// <returns>What the client receives: null or an <see cref="AddedBuildset"/>.</returns>
    public static Task<object?> Run(string collection, string method, Call call) => BuiltIn[(collection, method)](call);

    // The build continues until the program that runs it has seen the request. Finishing it here would be wrong, because that program finishes it too.
    private static async Task<object?> Stop(Call call)
    {
        await call.Updates.CancelBuildRequests([((Build)call.Resource).BuildRequestId], call.Reason("stopped"), call.Aborted).ConfigureAwait(false);
        return null;
    }

    private static async Task<object?> Rebuild(Call call) =>
        await call.Updates.Rebuild(((Build)call.Resource).BuildId, call.Reason("rebuild"), cancellationToken: call.Aborted).ConfigureAwait(false);

    private static async Task<object?> Cancel(Call call)
    {
        await call.Updates.CancelBuildRequests([((BuildRequest)call.Resource).BuildRequestId], call.Reason("cancelled"), call.Aborted).ConfigureAwait(false);
        return null;
    }

    private static async Task<object?> CancelAll(Call call)
    {
        await call.Updates.CancelBuildset(((Buildset)call.Resource).BuildsetId, call.Reason("cancelled"), call.Aborted).ConfigureAwait(false);
        return null;
    }

    private static async Task<object?> Pause(Call call, bool isPaused)
    {
        await call.Updates.SetWorkerPaused(((Worker)call.Resource).WorkerId, isPaused, isPaused ? call.Reason("paused") : null, call.Aborted).ConfigureAwait(false);
        return null;
    }

    private static async Task<object?> StopWorker(Call call)
    {
        await call.Updates.SetWorkerGraceful(((Worker)call.Resource).WorkerId, graceful: true, call.Aborted).ConfigureAwait(false);
        return null;
    }

    /// <summary>Holds what a method needs.</summary>
    internal readonly record struct Call(HttpContext Context, Updates Updates, object Resource, JsonElement Parameters)
    {
        public CancellationToken Aborted => Context.RequestAborted;

        /// <summary>Returns the reason that the client has given, or what was done and by whom.</summary>
        public string Reason(string done)
        {
            if (Parameters.ValueKind == JsonValueKind.Object && Parameters.TryGetProperty("reason", out JsonElement reason) && reason.ValueKind == JsonValueKind.String && reason.GetString() is { Length: > 0 } text)
                return text;
            return Context.User.Identity?.Name is { Length: > 0 } user ? $"{done} by {user}" : done;
        }
    }
}
