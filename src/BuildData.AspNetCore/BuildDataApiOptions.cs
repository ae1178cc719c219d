using BuildData.AspNetCore.Control;

namespace BuildData.AspNetCore;

/// <summary>Holds the options of <c>MapBuildDataApi</c>.</summary>
public sealed class BuildDataApiOptions
{
    internal List<ForceScheduler> ForceSchedulers { get; } = [];

    internal Dictionary<(string Collection, string Method), Func<ControlRequest, Task>> Callbacks { get; } = [];

    /// <summary>
    /// Gets or sets the service key of the master that the endpoints serve; null for the master without a key. Default: null.
    /// </summary>
    public object? ServiceKey { get; set; }

    /// <summary>
    /// Gets or sets the maximum number of resources in an answer that is not streamed, from 1 to the <see cref="BuildDataOptions.MaxResults"/> of the
    /// master. Default: 10,000.
    /// </summary>
    /// <remarks>A collection without an order, a limit and an offset is streamed, whatever its length.</remarks>
    public int MaxRows { get; set; } = 10_000;

    /// <summary>Gets or sets whether answers are compressed over HTTPS too. Default: false. Over HTTP they always are, if the client accepts it.</summary>
    /// <remarks>
    /// Somebody who can read the length of answers, and can cause requests of a user's browser with text of his own in the same answers, can guess other
    /// text of these answers. See BREACH.
    /// </remarks>
    public bool CompressHttps { get; set; }

    /// <summary>
    /// Gets or sets whether clients can stop, rebuild, cancel, pause and force. Default: false. Everybody who has access to the endpoints then has these
    /// rights too, unless <see cref="ControlPolicy"/> is set.
    /// </summary>
    public bool AllowControl { get; set; }

    /// <summary>
    /// Gets or sets the name of the authorization policy that a client needs to stop, rebuild, cancel, pause and force; null if there is no such
    /// policy. Default: null.
    /// </summary>
    public string? ControlPolicy { get; set; }

    /// <summary>
    /// Declares a way to request builds by hand. Clients find it among the <c>forceschedulers</c>, and call it with the method <c>force</c>.
    /// </summary>
    /// <param name="name">The name, an identifier that is unique.</param>
    /// <param name="builders">The names of the builders whose builds can be requested.</param>
    /// <param name="fields">The fields that a person fills in.</param>
    /// <param name="force">
    /// Requests the builds, and returns the buildset. If the person has filled in something wrong, throws <see cref="ControlException"/>, whose message
    /// the person sees.
    /// </param>
    /// <returns>These options.</returns>
    /// <exception cref="ArgumentException">The name is not an identifier, or there is such a scheduler already.</exception>
    public BuildDataApiOptions OnForce(
        string name, IReadOnlyCollection<string> builders, IReadOnlyCollection<ForceField> fields, Func<ForceRequest, Task<AddedBuildset>> force)
    {
        ArgumentNullException.ThrowIfNull(builders);
        ArgumentNullException.ThrowIfNull(fields);
        ArgumentNullException.ThrowIfNull(force);
        if (!Identifier.IsValid(name, 50))
            throw new ArgumentException($"The name '{name}' is not an identifier of at most 50 characters.", nameof(name));
        if (ForceSchedulers.Exists(other => other.Name == name))
            throw new ArgumentException($"There are two schedulers with the name '{name}'.", nameof(name));
        ForceSchedulers.Add(new ForceScheduler(name, [.. builders], [.. fields], force));
        return this;
    }

    /// <summary>Declares what happens when a client calls a method that the library does not have, such as <c>kill</c> of a worker.</summary>
    /// <param name="collection">The collection whose resources have the method: <c>builds</c>, <c>buildrequests</c>, <c>workers</c>, <c>builders</c> or <c>masters</c>.</param>
    /// <param name="method">The name of the method.</param>
    /// <param name="run">Does it. A <see cref="ControlException"/> refuses it, with a message that the person sees.</param>
    /// <returns>These options.</returns>
    /// <exception cref="ArgumentException">The method is one of the library's own, or was declared already.</exception>
    public BuildDataApiOptions OnControl(string collection, string method, Func<ControlRequest, Task> run)
    {
        ArgumentException.ThrowIfNullOrEmpty(collection);
        ArgumentException.ThrowIfNullOrEmpty(method);
        ArgumentNullException.ThrowIfNull(run);
        if (ControlActions.IsBuiltIn(collection, method))
            throw new ArgumentException($"The library itself has the method '{method}' of {collection}.", nameof(method));
        if (!Callbacks.TryAdd((collection, method), run))
            throw new ArgumentException($"The method '{method}' of {collection} is declared twice.", nameof(method));
        return this;
    }

    internal void Validate()
    {
        if (MaxRows < 1)
            throw new ArgumentException($"{nameof(BuildDataApiOptions)}.{nameof(MaxRows)} must be at least 1.");
    }
}
