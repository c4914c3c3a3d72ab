namespace ImOrleans.Gateway.Auth;

/// <summary>Which user ids the server allows. The host provides it.</summary>
public interface IUserIdRule
{
    /// <summary>Whether the id may sign in. Called for each sign-in, with any text a signer may have written.</summary>
    bool IsValid(string userId);
}
