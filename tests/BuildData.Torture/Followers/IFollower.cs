using BuildData.Torture.Running;

namespace BuildData.Torture.Followers;

/// <summary>Somebody who follows what a store holds while others write. It remembers over several sittings where it has been.</summary>
internal interface IFollower
{
    /// <summary>
    /// Follows until the sitting is quiet and everything has arrived, which is then compared with what is stored; or until the sitting closes.
    /// </summary>
    /// <exception cref="ViolationException">Something is missing, wrong, or repeated, or an exception is not the documented one.</exception>
    Task Follow(Sitting sitting);

    /// <summary>Returns what it has, for a message about what did not arrive.</summary>
    string Describe();
}
