using System.Runtime.CompilerServices;

namespace BuildData.Torture.Followers;

/// <summary>What a subscription asks for, and which events it must therefore receive.</summary>
/// <param name="Patterns">The patterns, as they are passed to the library.</param>
/// <param name="Names">The names of the events; empty for all.</param>
/// <param name="Type">The type of the resources; null for all.</param>
internal sealed record SubscriptionPlan(IReadOnlyList<string> Patterns, IReadOnlyList<string> Names, Type? Type)
{
    private const string AllProperties = "?property=*";
    private const int HighestNamedId = 30;

    private static readonly string[] RequestNames = ["new", "claimed", "unclaimed", "cancel", "complete", "removed"];
    private static readonly string[] BuildNames = ["new", "update", "cancel", "finished", "removed"];
    private static readonly string[] StepNames = ["new", "started", "updated", "finished"];
    private static readonly string[] LogNames = ["new", "append", "finished", "content_removed"];

    private static readonly (string Pattern, string[] Names, Type? Type, bool HasProperties)[] Known =
    [
        ("/buildsets/*", ["new", "complete", "removed"], typeof(Buildset), false),
        ("/buildrequests/*", RequestNames, typeof(BuildRequest), true),
        ("/builders/*/buildrequests/*", RequestNames, typeof(BuildRequest), true),
        ("/buildsets/*/builders/*/buildrequests/*", RequestNames, typeof(BuildRequest), true),
        ("/builds/*", BuildNames, typeof(Build), true),
        ("/builders/*/builds/*", BuildNames, typeof(Build), true),
        ("/workers/*/builds/*", BuildNames, typeof(Build), true),
        ("/builds/*/properties", ["update"], null, false),
        ("/steps/*", StepNames, typeof(Step), false),
        ("/builds/*/steps/*", StepNames, typeof(Step), false),
        ("/logs/*", LogNames, typeof(StepLog), false),
        ("/steps/*/logs/*", LogNames, typeof(StepLog), false),
        ("/builders/*", ["new", "update", "removed", "started", "stopped"], typeof(Builder), false),
        ("/workers/*", ["new", "connected", "disconnected", "state_updated", "missing"], typeof(Worker), false),
        ("/masters/*", ["started", "stopped"], typeof(MasterInfo), false),
    ];

    /// <summary>Chooses a plan.</summary>
    public static SubscriptionPlan Choose(Random random)
    {
        (string Pattern, string[] Names, Type? Type, bool HasProperties)[] chosen = [.. random.GetItems(Known, random.Next(3) == 0 ? 1 : random.Next(1, 6))];
        Type? type = random.Next(3) == 0 ? chosen[0].Type : null;
        if (type is not null)
            chosen = chosen[..1];
        string[] names = [.. chosen.SelectMany(one => one.Names).Distinct()];
        string[] patterns = [.. chosen.Select(one => Narrow(random, one.Pattern) + (one.HasProperties && random.Next(3) == 0 ? AllProperties : ""))];
        string[] wanted = random.Next(3) == 0 ? [.. random.GetItems(names, random.Next(1, 3)).Distinct()] : [];

        // "started" of a builder in a master's list, for example, has another resource than the builder.
        bool hasOtherTypes = type == typeof(Builder) || type == typeof(Worker);
        return new SubscriptionPlan(patterns, hasOtherTypes ? [] : wanted, type);
    }

    /// <summary>Returns whether the subscription must receive an event.</summary>
    public bool Matches(RecordedEvent recorded) =>
        (Names.Count == 0 || Names.Contains(recorded.Name)) && (Type is null || recorded.Event.Resource.GetType() == Type)
        && Patterns.Any(pattern => recorded.Event.Paths.Any(path => PatternMatch.Matches(pattern, path)));

    /// <summary>Returns an event as the subscription must receive it.</summary>
    public ReceivedEvent Expect(RecordedEvent recorded) =>
        ReceivedEvent.Of(Patterns.Any(pattern => pattern.EndsWith(AllProperties, StringComparison.Ordinal)) ? recorded.WithProperties : recorded.Event);

    /// <summary>Begins a subscription. It has begun when the method returns.</summary>
    /// <param name="events">The events.</param>
    /// <param name="after">The cursor after which it resumes; null to begin now.</param>
    public IAsyncEnumerable<ReceivedEvent> Subscribe(EventHub events, EventCursor? after) => Type switch
    {
        null when after is { } cursor => Convert(events.Subscribe(Patterns, cursor, Names)),
        null => Convert(events.Subscribe(Patterns, Names)),
        _ when Type == typeof(Buildset) => Subscribe<Buildset>(events, after),
        _ when Type == typeof(BuildRequest) => Subscribe<BuildRequest>(events, after),
        _ when Type == typeof(Build) => Subscribe<Build>(events, after),
        _ when Type == typeof(Step) => Subscribe<Step>(events, after),
        _ when Type == typeof(StepLog) => Subscribe<StepLog>(events, after),
        _ when Type == typeof(Builder) => Subscribe<Builder>(events, after),
        _ when Type == typeof(Worker) => Subscribe<Worker>(events, after),
        _ => Subscribe<MasterInfo>(events, after),
    };

    public override string ToString() => $"Subscribe{(Type is null ? "" : $"<{Type.Name}>")}([{string.Join(", ", Patterns)}]{string.Concat(Names.Select(name => $", {name}"))})";

    private static string Narrow(Random random, string pattern) =>
        random.Next(4) == 0 ? pattern[..(pattern.IndexOf('*', StringComparison.Ordinal))] + random.Next(1, HighestNamedId) + pattern[(pattern.IndexOf('*', StringComparison.Ordinal) + 1)..] : pattern;

    private IAsyncEnumerable<ReceivedEvent> Subscribe<T>(EventHub events, EventCursor? after)
        where T : class =>
        Convert(after is { } cursor ? events.Subscribe<T>(Patterns[0], cursor, Names) : events.Subscribe<T>(Patterns[0], Names));

    private static async IAsyncEnumerable<ReceivedEvent> Convert(Subscription subscription, [EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        await foreach (DataEvent e in subscription.WithCancellation(cancellationToken))
            yield return ReceivedEvent.Of(e);
    }

    private static async IAsyncEnumerable<ReceivedEvent> Convert<T>(Subscription<T> subscription, [EnumeratorCancellation] CancellationToken cancellationToken = default)
        where T : class
    {
        await foreach (DataEvent<T> e in subscription.WithCancellation(cancellationToken))
            yield return new ReceivedEvent(e.Cursor, e.Path, e.Name, e.Resource);
    }
}
