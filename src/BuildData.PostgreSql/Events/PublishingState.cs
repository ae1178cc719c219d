namespace BuildData.PostgreSql.Events;

/// <summary>Represents how far <see cref="OrderedEventPublisher"/> is at one moment.</summary>
/// <param name="LastPublished">The last published event.</param>
/// <param name="IsWaitingForEarlierTicket">Whether later events must wait for the end of another transaction.</param>
/// <param name="OwnCommits">How many tickets this process had committed whose events could not be published at once.</param>
internal readonly record struct PublishingState(EventIdentity LastPublished, bool IsWaitingForEarlierTicket, long OwnCommits);
