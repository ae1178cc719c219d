namespace BuildData;

/// <summary>
/// The exception for an error of the store: for example, the disk is full, the file is not a database, or the directory can't be
/// written.
/// </summary>
/// <remarks>
/// If the database driver has reported an error, this error is the <see cref="Exception.InnerException"/>. An update that fails with this
/// exception has stored nothing, unless <see cref="IsOutcomeUnknown"/> is true.
/// </remarks>
public class StoreException : BuildDataException
{
    /// <summary>Creates the exception. Only implementations of stores need this constructor.</summary>
    /// <param name="message">A message that describes the error and what the user can do.</param>
    /// <param name="inner">The driver's error; null if there is none.</param>
    public StoreException(string message, Exception? inner = null)
        : base(message, inner)
    {
    }

    /// <summary>
    /// Gets whether the outcome of the update is unknown, because the disk or the connection failed during the commit. The update may or may
    /// not be stored. Read the current state before you repeat the update.
    /// </summary>
    public bool IsOutcomeUnknown { get; init; }
}
